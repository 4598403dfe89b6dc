# Copyright (c) 2026, netpki.junos contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Everything that is made lies in .venv and build. Each target brings what it needs: `make unit` works in a fresh clone.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
$(if $(word 2,$(CURDIR)),$(error make takes no path with a blank, and this clone lies in "$(CURDIR)": move it))
MAKEFLAGS += --no-print-directory

# The first Python that is new enough and can make virtual environments.
PYTHON ?= $(shell for python in python3.11 python3.12 python3.13 python3; do \
	$$python -c 'import ensurepip, sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$python && break; done)

VENV := $(CURDIR)/.venv
BUILD := $(CURDIR)/build
TREE := $(BUILD)/ansible_collections/netpki/junos
PEERS := $(BUILD)/peers
HOME_OF_TOOLS := $(BUILD)/home
IMPORTER := $(BUILD)/importer
EE := $(BUILD)/ee
VERSION := $(shell sed -n 's/^version: //p' galaxy.yml)
ARTIFACT := $(BUILD)/netpki-junos-$(VERSION).tar.gz

# Arguments for the benchmarks: make bench BENCH_ARGS='--hosts 10 --curve 10 30 --certificates 3000'
BENCH_ARGS ?=

# Arguments for pytest: make unit PYTEST_ARGS='-k release -x'
PYTEST_ARGS ?=
PYTEST := PYTHONPATH=$(BUILD) pytest -o cache_dir=$(BUILD)/cache/pytest

# The parts of `make test`, in this order. pytest comes last, so that its summary closes the output.
STEPS ?= lint docs unit fuzz sanity release demo molecule ee prove chaos slices events integration

# What these want of the system. It is looked for before the first of them, so that none is waited for in vain.
SYSTEM := $(if $(filter integration,$(STEPS)),browser strangers) $(if $(filter events,$(STEPS)),java)

# The parts of `make release-check`: what a release has to wait for, beside `make test`.
RELEASE_STEPS ?= ready release demo importer scale matrix
# Rows of tests/release/matrix.py: make matrix ROWS='oldest 2.17'. All of them without, which takes Python 3.11, 3.12 and 3.13.
ROWS ?=

export PATH := $(VENV)/bin:$(PATH)
export ANSIBLE_HOME := $(HOME_OF_TOOLS)/.ansible
export ANSIBLE_COLLECTIONS_PATH := $(BUILD)
export HYPOTHESIS_STORAGE_DIRECTORY := $(BUILD)/cache/hypothesis
export MYPY_CACHE_DIR := $(BUILD)/cache/mypy
export RUFF_CACHE_DIR := $(BUILD)/cache/ruff
# The tree lies inside the clone, in a folder that git ignores: no tool may ask git which of its files count.
export GIT_CEILING_DIRECTORIES := $(BUILD)

.PHONY: help test venv tree unit fuzz integration prove chaos slices scale events java bench molecule sanity lint docs demo peers browser strangers picture collection install \
	steps release release-check ready importer matrix ee clean

help: ## What can be made
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 16

test: venv $(SYSTEM) ## Every check and every test, stopping at the first failure (STEPS='lint unit' runs these only)
	@$(MAKE) steps

release-check: ## What a release has to wait for, beside make test: takes three quarters of an hour or more
	@$(MAKE) steps STEPS='$(RELEASE_STEPS)'

steps:
	@took=''; for step in $(STEPS); do \
		if [[ $$step == '$(lastword $(STEPS))' && -n $$took ]]; then printf '\n==> so far:%s\n' "$$took"; fi; \
		printf '\n==> make %s: %s\n' "$$step" "$$(sed -n "s/^$$step:.*## //p" $(firstword $(MAKEFILE_LIST)))"; \
		start=$$SECONDS; \
		$(MAKE) $$step || { printf '==> make %s failed after %d s\n' "$$step" $$((SECONDS - start)); exit 1; }; \
		took+=" $$step $$((SECONDS - start)) s,"; \
	done

venv: $(VENV)/.made ## The virtual environment in .venv, with the pinned requirements

$(VENV)/.made: requirements/dev.txt
	@test -n '$(PYTHON)' || { echo 'Python 3.11 or later with the venv module is needed (Debian: apt install python3-venv)'; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(VENV)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	@touch $@

tree: venv ## The collection where Ansible looks for it: build/ansible_collections/netpki/junos
	@python tests/tools/tree.py $(TREE)

unit: tree ## Unit tests: pure functions, plugins, the rules that bind the repository
	cd $(TREE) && $(PYTEST) tests/unit $(PYTEST_ARGS)

# FUZZ=long tries new cases each time, ten times as many; FUZZ=night a hundred times as many.
FUZZ ?= ci
fuzz: tree ## Properties that hold for any declaration, configuration and reply, on some thousand cases
	cd $(TREE) && $(PYTEST) -n 2 --hypothesis-profile=$(FUZZ) tests/fuzz $(PYTEST_ARGS)

integration: tree peers browser strangers ## Modules, roles, the report's page and strangers' clients against simulated devices and CAs
	cd $(TREE) && ANSIBLE_COLLECTIONS_PATH=$(BUILD):$(PEERS) $(PYTEST) -n 2 --dist loadfile tests/integration $(PYTEST_ARGS)

prove: tree ## Thirty devices renew by themselves for two simulated years; what proves it is left in build/proof
	cd $(TREE) && $(PYTEST) tests/proof $(PYTEST_ARGS)

chaos: tree ## What is survived: one device of twelve does wrong, or the controller ends; a table is left in build/chaos
	cd $(TREE) && $(PYTEST) tests/chaos $(PYTEST_ARGS)

# Each device is read twice.
SLICES_HOSTS ?= 100
slices: tree ## A fleet in four slices by ansible-runner, one killed and repeated, gives the report of one run
	cd $(TREE) && SLICES_HOSTS=$(SLICES_HOSTS) $(PYTEST) tests/slices $(PYTEST_ARGS)

scale: ## The same with a thousand devices
	$(MAKE) slices SLICES_HOSTS=1000

events: tree java ## The rulebooks of Event-Driven Ansible, run against simulated events
	cd $(TREE) && $(PYTEST) tests/eda $(PYTEST_ARGS)

bench: tree peers ## What a run costs, beside what others cost; leaves figures and tables in build/bench
	cd $(TREE) && ANSIBLE_COLLECTIONS_PATH=$(BUILD):$(PEERS) PYTHONPATH=$(BUILD):$(TREE)/tests python -m bench $(BUILD)/bench $(BENCH_ARGS)

molecule: tree ## The roles: run, run again, check mode, on simulated devices
	cd $(TREE) && molecule test --all

sanity: tree $(HOME_OF_TOOLS)/.ansible/test/cache/get_pip_24_2.py ## ansible-test sanity, all of it, without an ignore file
	cd $(TREE) && HOME=$(HOME_OF_TOOLS) ANSIBLE_TEST_CONTENT_ROOT=$(TREE) ansible-test sanity --color no \
		--python $$(python -c 'import sys; print("%d.%d" % sys.version_info[:2])') 2>&1 | tee $(BUILD)/sanity.log
	@! grep 'Skipping sanity test' $(BUILD)/sanity.log

# ansible-test makes a virtual environment for each of its tests with the pip release that it names here.
$(HOME_OF_TOOLS)/.ansible/test/cache/get_pip_24_2.py: tests/tools/get_pip.py | venv
	@mkdir -p $(@D)
	python -m pip download --quiet --disable-pip-version-check --no-deps --dest $(@D) pip==24.2
	cp $< $@

lint: tree ## ruff, mypy, yamllint, shellcheck, ansible-lint, changelog
	ruff check .
	cd $(BUILD) && mypy --config-file $(TREE)/pyproject.toml -p ansible_collections.netpki.junos.plugins.module_utils
	shellcheck .ci/run
	cd $(TREE) && yamllint --strict . && ansible-lint
	antsibull-changelog lint

docs: tree ## The documentation: linted, then rendered to build/docs
	@mkdir -p -m 755 $(BUILD)/docs/rst $(HOME_OF_TOOLS)
	HOME=$(HOME_OF_TOOLS) antsibull-docs lint-collection-docs --plugin-docs --check-extra-docs-refs --validate-collection-refs=self $(TREE)
	HOME=$(HOME_OF_TOOLS) antsibull-docs collection --use-current --squash-hierarchy --cleanup everything --dest-dir $(BUILD)/docs/rst netpki.junos
	sphinx-build --quiet --no-color --fail-on-warning --keep-going --fresh-env --conf-dir tests/tools $(BUILD)/docs/rst $(BUILD)/docs/html

demo: install ## The whole job on a fleet of simulated devices, explained as it goes
	ANSIBLE_COLLECTIONS_PATH=$(VENV)/collections DEMO_REPORT=$(BUILD)/demo-report DEMO_CAST=$(BUILD)/demo.cast \
		$(VENV)/bin/python $(VENV)/collections/ansible_collections/netpki/junos/tests/demo/run.py

peers: $(PEERS)/.made ## Other hands' collections for the integration tests, in build/peers

$(PEERS)/.made: requirements/peers.txt | venv
	rm -rf $(PEERS)
	python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps --target $(PEERS) -r requirements/peers.txt
	@touch $@

browser: ## Chromium and its driver, for the tests of the report's page; as root on Debian they are installed
	@if ! command -v chromium >/dev/null || ! command -v chromedriver >/dev/null; then \
		[[ $$(id -u) == 0 ]] && command -v apt-get >/dev/null || \
			{ echo 'The tests of the page need Chromium (Debian: apt install chromium chromium-driver)'; exit 1; }; \
		export DEBIAN_FRONTEND=noninteractive; \
		apt-get update --quiet; \
		apt-get install --quiet --yes --no-install-recommends chromium chromium-driver fonts-dejavu-core; \
	fi

# pki fetches nothing without the plugin curl (libstrongswan-extra-plugins), and openssl has cmp from 3.0 on.
strangers: ## Other hands' CA and clients for the test CA; as root on Debian they are installed
	@present() { [[ $$(pki --help 2>&1) == *'loaded plugins:'*' curl'* ]] && command -v pebble && openssl cmp -help; }; \
	if ! present &>/dev/null; then \
		[[ $$(id -u) == 0 ]] && command -v apt-get >/dev/null || \
			{ echo 'The tests of enrollment need other hands'\'' CA and clients' \
				'(Debian: apt install openssl pebble strongswan-pki libstrongswan-extra-plugins)'; exit 1; }; \
		export DEBIAN_FRONTEND=noninteractive; \
		apt-get update --quiet; \
		apt-get install --quiet --yes --no-install-recommends openssl pebble strongswan-pki libstrongswan-extra-plugins; \
		present >/dev/null || { echo 'pki --scep (with the plugin curl), pebble and openssl cmp do not work here'; exit 1; }; \
	fi

java: ## A Java runtime, which ansible-rulebook needs; as root on Debian it is installed
	@if ! command -v java >/dev/null; then \
		[[ $$(id -u) == 0 ]] && command -v apt-get >/dev/null || \
			{ echo 'The tests of the rulebooks need a Java runtime (Debian: apt install default-jre-headless)'; exit 1; }; \
		export DEBIAN_FRONTEND=noninteractive; \
		apt-get update --quiet; \
		apt-get install --quiet --yes --no-install-recommends default-jre-headless; \
	fi

picture: ## The pictures of the README, as the tests of the report's page and the proof left them last
	cp $(BUILD)/report/report-1280.png docs/images/report.png
	cp $(BUILD)/proof/proof.png docs/images/proof.png

collection: venv ## The file that Galaxy takes, in build: what git tracks, and from the same files the same bytes
	@python tests/tools/tree.py --tracked $(BUILD)/tracked
	ansible-galaxy collection build --force --output-path $(BUILD) $(BUILD)/tracked
	@python tests/tools/artifact.py $(ARTIFACT)

install: collection ## The collection, installed from that file into .venv/collections, which is empty before
	rm -rf $(VENV)/collections
	ANSIBLE_COLLECTIONS_PATH=$(VENV)/collections ansible-galaxy collection install --offline -p $(VENV)/collections $(ARTIFACT)

release: tree ## What is released: one version, the changelog, a licence for each file, the artifact and its bytes
	reuse lint --lines
	cd $(TREE) && $(PYTEST) tests/release $(PYTEST_ARGS)

ready: venv ## What stands in the way of a release: the changelog, fragments, tags, files that are not committed
	@python tests/tools/ready.py

matrix: tree peers ## The tests on each supported ansible-core, and on the oldest and the newest libraries
	cd $(TREE) && ANSIBLE_COLLECTIONS_PATH=$(BUILD):$(PEERS) PYTHONPATH=$(BUILD) python tests/release/matrix.py $(BUILD)/matrix $(ROWS)

# make sanity runs what galaxy-importer would run in a container.
importer: collection $(IMPORTER)/.made ## What Galaxy itself checks when it takes the artifact: galaxy-importer, offline
	cd $(IMPORTER) && PATH=$(IMPORTER)/bin:$$PATH GALAXY_IMPORTER_CONFIG=$(CURDIR)/tests/release/galaxy-importer.cfg \
		python -m galaxy_importer.main $(ARTIFACT) 2>&1 | tee $(IMPORTER)/log
	@! grep -E 'WARNING|ERROR' $(IMPORTER)/log

$(IMPORTER)/.made: requirements/importer.txt | venv
	rm -rf $(IMPORTER)
	$(PYTHON) -m venv $(IMPORTER)
	$(IMPORTER)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/importer.txt
	@touch $@

ee: tree collection $(EE)/tools/.made ## The execution environment: its build context, and the report run with what goes into it
	rm -rf $(EE)/context $(EE)/collections $(EE)/venv
	$(EE)/tools/bin/ansible-builder create --file execution-environment/execution-environment.yml --context $(EE)/context --output-filename Containerfile
	ANSIBLE_COLLECTIONS_PATH=$(EE)/collections ansible-galaxy collection install --offline -p $(EE)/collections $(ARTIFACT)
	$(EE)/tools/bin/ansible-builder introspect --write-pip $(EE)/requirements.txt --write-bindep $(EE)/bindep.txt $(EE)/collections
	echo ansible-core >$(EE)/core.txt
	python tests/tools/pinned.py $(EE)/requirements.txt $(EE)/core.txt >$(EE)/pinned.txt
	$(PYTHON) -m venv $(EE)/venv
	$(EE)/venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $(EE)/pinned.txt
	$(EE)/venv/bin/python -m pip install --quiet --disable-pip-version-check --no-index -r $(EE)/requirements.txt -r $(EE)/core.txt
	cd $(TREE) && EE=$(EE) $(PYTEST) tests/ee $(PYTEST_ARGS)

$(EE)/tools/.made: requirements/ee.txt | venv
	rm -rf $(EE)/tools
	$(PYTHON) -m venv $(EE)/tools
	$(EE)/tools/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/ee.txt
	@touch $@

clean: ## Remove all that was made
	rm -rf $(BUILD) $(VENV)
