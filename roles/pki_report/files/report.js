// Copyright (c) 2026, netpki.junos contributors
// GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

// The report as people look at it. The data stands in the page as JSON and is not trusted: it becomes text, never markup.
// The clock of this page is the moment at which the report was made, not the reader's.

(() => {
  'use strict';

  const DAY = 86400000;
  const PAGE = 100; // rows of the table at a time
  const PAPER = 500; // rows of the table on paper
  const LABELLED = 40; // certificates that have a line with a label each in the time line
  const LIST = 50; // entries of a long list at a time
  const HEAVIEST = 6; // CAs whose load is shown at first

  const SEVERITIES = ['error', 'warning', 'info', 'ok'];
  const WORDS = { error: 'Error', warning: 'Warning', info: 'Note', ok: 'OK' };
  const SHARES = { error: 'with errors', warning: 'with warnings', info: 'with notes', ok: 'in order' };
  const LISTS = { scep: 'SCEP', cmpv2: 'CMPv2', acme: 'ACME', direct: 'direct' };
  const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

  // ---- elements: a string among the children becomes text ----

  const find = (selector) => document.querySelector(selector);

  function build(element, attributes, children) {
    for (const [name, value] of Object.entries(attributes)) {
      if (name.startsWith('--')) element.style.setProperty(name, value);
      else element.setAttribute(name, value);
    }
    element.append(...children.filter((child) => child !== null));
    return element;
  }

  const el = (name, attributes = {}, ...children) => build(document.createElement(name), attributes, children);

  const svg = (name, attributes = {}, ...children) =>
    build(document.createElementNS('http://www.w3.org/2000/svg', name), attributes, children);

  function button(text, act, attributes = {}) {
    const element = el('button', { type: 'button', ...attributes }, text);
    element.addEventListener('click', act);
    return element;
  }

  const sign = (severity) =>
    svg('svg', { class: `sign ${severity}`, viewBox: '-8 -8 16 16', 'aria-hidden': 'true' },
      svg('use', { href: `#sign-${severity}` }));

  const badge = (severity) => el('span', { class: 'badge' }, sign(severity), el('span', { class: 'word' }, WORDS[severity]));

  const hashOf = (host) => `#host=${encodeURIComponent(host)}`;

  const hostLink = (host) => el('a', { href: hashOf(host) }, host);

  // ---- words ----

  const grouped = new Intl.NumberFormat('en');
  const collator = new Intl.Collator('en', { numeric: true });
  const two = (number) => String(number).padStart(2, '0');
  const count = (number, one, many = `${one}s`) => `${grouped.format(number)} ${number === 1 ? one : many}`;
  const list = (protocol) => LISTS[protocol] ?? protocol ?? 'none';

  function day(time) {
    const date = new Date(time);
    return `${date.getUTCDate()} ${MONTHS[date.getUTCMonth()]} ${date.getUTCFullYear()}`;
  }

  function hour(time) {
    const date = new Date(time);
    return `${two(date.getUTCHours())}:${two(date.getUTCMinutes())}`;
  }

  const moment = (time) => `${day(time)}, ${hour(time)}`;

  function distance(time, now) {
    const days = Math.floor(time / DAY) - Math.floor(now / DAY);
    if (days === 0) return 'today';
    return days > 0 ? `in ${count(days, 'day')}` : `${count(-days, 'day')} ago`;
  }

  // ---- the report, indexed once ----

  const timeOf = (text) => (text === null ? null : Date.parse(text));

  const pair = (host, identifier) => `${host}\0${identifier}`;

  function groupBy(rows, keyOf) {
    const groups = new Map();
    for (const row of rows) {
      const key = keyOf(row);
      const group = groups.get(key);
      if (group) group.push(row);
      else groups.set(key, [row]);
    }
    return groups;
  }

  function rowOf(data) {
    const words = [data.host, data.certificate_id, data.subject, data.issuer, data.serial_number];
    return {
      data,
      from: timeOf(data.not_before),
      at: timeOf(data.trigger),
      to: timeOf(data.not_after),
      rank: SEVERITIES.indexOf(data.severity),
      text: [...words, data.ca_profile_name, data.ca, ...data.findings].join('\n').toLowerCase(),
    };
  }

  function indexed(report) {
    const rows = report.certificates.map(rowOf);
    return {
      now: Date.parse(report.generated),
      rows,
      hosts: report.hosts,
      findings: report.findings,
      load: report.load,
      host: new Map(report.hosts.map((host) => [host.host, host])),
      rowsOf: groupBy(rows, (row) => row.data.host),
      saidOf: groupBy(report.findings, (finding) => pair(finding.host, finding.certificate_id)),
      findingsOf: groupBy(report.findings, (finding) => finding.host),
    };
  }

  // ---- the time axis, shared by the time line and the load ----

  /** From a while ago to where four of five certificates have expired: one that lives 20 years squashes no other. */
  function axisOf({ rows, now }) {
    const ahead = rows.filter((row) => row.to !== null && row.to > now).map((row) => row.to - now).sort((a, b) => a - b);
    const most = ahead[Math.floor(0.8 * (ahead.length - 1))] ?? 0;
    const longest = ahead[ahead.length - 1] ?? 0;
    const span = Math.max(longest <= 2 * most ? longest : 1.1 * most, 90 * DAY) * 1.03;
    let first = now;
    for (const row of rows) if (row.from !== null && row.from < first) first = row.from;
    const from = Math.max(first, now - Math.max(0.25 * span, 30 * DAY)) - 0.01 * span;
    const to = now + span;
    return { from, to, now, place: (time) => 100 * Math.min(1, Math.max(0, (time - from) / (to - from))) };
  }

  /** The first days of months, quarters or years, as many as can be read. */
  function ticksOf({ from, to }) {
    const months = (to - from) / (30.44 * DAY);
    const step = [1, 3, 12, 60, 240].find((size) => months / size <= 15) ?? 1200;
    const ticks = [];
    const start = new Date(from);
    let month = Math.floor((start.getUTCFullYear() * 12 + start.getUTCMonth()) / step) * step;
    for (;; month += step) {
      const time = Date.UTC(Math.floor(month / 12), month % 12, 1);
      if (time > to) return ticks;
      if (time < from) continue;
      const year = month % 12 === 0;
      const name = year ? String(month / 12) : MONTHS[month % 12];
      ticks.push({ time, name, year, minor: !year && month % (step === 1 ? 3 : 6) !== 0 });
    }
  }

  function axisPicture(axis) {
    const at = (time) => `${axis.place(time)}%`;
    const ticks = ticksOf(axis).map(({ time, name, year, minor }) => {
      const text = svg('text', { x: at(time), y: 42, dx: 4, class: `${year ? 'year' : ''} ${minor ? 'minor' : ''}` }, name);
      const line = svg('line', { x1: at(time), x2: at(time), y1: 30, y2: '100%' });
      return svg('g', {}, line, axis.place(time) > 97 ? null : text);
    });
    const anchor = axis.place(axis.now) > 80 ? 'end' : 'start';
    const now = svg('g', { class: 'now' },
      svg('line', { x1: at(axis.now), x2: at(axis.now), y1: 4, y2: '100%' }),
      svg('text', { x: at(axis.now), y: 15, dx: anchor === 'end' ? -6 : 6, 'text-anchor': anchor }, `Now, ${day(axis.now)}`));
    return svg('svg', { class: 'axis', 'aria-hidden': 'true' }, ...ticks, now);
  }

  // ---- tooltip ----

  const tip = find('#tip');

  function showTip(lines, x, y) {
    const [title, ...rest] = lines;
    tip.replaceChildren(el('b', {}, title), ...rest.map((line) => el('span', {}, line)));
    tip.hidden = false;
    const { width, height } = tip.getBoundingClientRect();
    const left = x + 14 + width > innerWidth ? x - 14 - width : x + 14;
    tip.style.left = `${Math.max(8, Math.min(left, innerWidth - width - 8))}px`;
    tip.style.top = `${Math.max(8, Math.min(y + 14, innerHeight - height - 8))}px`;
  }

  const hideTip = () => { tip.hidden = true; };

  function tipOf({ data, at, to }, now) {
    const renews = at === null ? 'No renewal is planned' : `Renews ${moment(at)}, ${distance(at, now)}`;
    return [
      `${data.host} · ${data.certificate_id}`,
      renews,
      to === null ? 'No expiry is known' : `${to < now ? 'Expired' : 'Expires'} ${moment(to)}, ${distance(to, now)}`,
      `${WORDS[data.severity]}${data.findings.length ? `: ${data.findings.join(', ')}` : ''}`,
    ];
  }

  // ---- time line ----

  const last = (value) => value ?? Infinity;

  /** By renewal, then by expiry; what never happens comes last. */
  const inTime = (rows) => [...rows].sort((a, b) => last(a.at) - last(b.at) || last(a.to) - last(b.to) || 0);

  function timelineSummary({ rows, now }) {
    const ahead = rows.filter((row) => row.at !== null && row.at >= now).map((row) => row.at).sort((a, b) => a - b);
    const soon = ahead.filter((at) => at < now + 30 * DAY).length;
    const over = rows.filter((row) => row.to !== null && row.to < now).length;
    const span = ahead.length
      ? `The first renewal is on ${day(ahead[0])}, the last on ${day(ahead[ahead.length - 1])}, ${grouped.format(soon)} in the next 30 days.`
      : 'No renewal lies ahead.';
    return `Time line of ${count(rows.length, 'certificate')}. ${span} ${count(over, 'certificate')} expired. ` +
      'The table of certificates has the same dates.';
  }

  function key() {
    const sample = (text, ...shapes) =>
      el('span', {}, svg('svg', { viewBox: '0 0 44 14', 'aria-hidden': 'true' }, ...shapes), text);
    const bar = (x, width, fill) => svg('rect', { x, y: 4, width, height: 6, rx: 3, style: `fill: var(--${fill})` });
    const mark = svg('use', { href: '#sign-ok', transform: 'translate(22 7) scale(0.9)', style: 'fill: var(--ok)' });
    const window = bar(14, 28, 'ok');
    window.setAttribute('opacity', '0.5');
    const end = svg('rect', { x: 21, y: 0, width: 2.5, height: 14, rx: 1, style: 'fill: var(--ok)' });
    return el('p', { class: 'key' },
      sample('life of the certificate', bar(0, 44, 'life')),
      sample('renewal', mark),
      sample('time that is left to renew', bar(0, 44, 'life'), window),
      sample('expiry', end));
  }

  /** What the picture cannot show, in words. */
  function timelineNotes(rows, axis) {
    const notes = [];
    const beyond = rows.filter((row) => row.to > axis.to);
    const before = rows.filter((row) => row.to !== null && row.to < axis.from);
    const born = rows.filter((row) => row.from !== null && row.from < axis.from && row.to >= axis.from);
    const dateless = rows.filter((row) => row.to === null);
    if (beyond.length) {
      const longest = beyond.reduce((latest, row) => Math.max(latest, row.to), 0);
      notes.push(`${count(beyond.length, 'certificate goes', 'certificates go')} on beyond ${day(axis.to)}, at most to ${day(longest)}: cut at the right edge.`);
    }
    if (born.length) notes.push(`${count(born.length, 'certificate')} began before ${day(axis.from)}: cut at the left edge.`);
    if (before.length) notes.push(`${count(before.length, 'certificate')} expired before ${day(axis.from)}.`);
    if (dateless.length) notes.push(`${count(dateless.length, 'entry has', 'entries have')} no certificate whose dates are known.`);
    return notes.length ? el('p', { class: 'notes' }, notes.join(' ')) : null;
  }

  /** One certificate as a line: its life, the sign of its severity at the renewal, its expiry as the end. */
  function lifeLine(row, number, axis) {
    const { from, at, to, data } = row;
    const percent = (time) => `${axis.place(time)}%`;
    const bar = (start, end, name) => {
      const width = axis.place(end) - axis.place(start);
      return svg('rect', { class: name, x: percent(start), y: -3, width: `${Math.max(width, 0)}%`, height: 6, rx: 3 });
    };
    const mark = (time, shape) => svg('svg', { x: percent(time), width: 1, height: 1, overflow: 'visible' }, shape);
    const shows = (time) => time !== null && time >= axis.from && time <= axis.to;
    const cut = (time, path) => mark(time, svg('path', { class: 'cut', d: path }));
    const shapes = [];
    if (to === null) {
      shapes.push(svg('text', { x: percent(axis.now), dx: 8, y: 4 }, 'No dates are known'));
    } else {
      shapes.push(bar(from ?? to, to, 'span'));
      if (at !== null && at < to) shapes.push(bar(at, to, 'window'));
      if (shows(to)) shapes.push(mark(to, svg('path', { class: 'end', d: 'M-1.2-6V6' })));
      if (to > axis.to) shapes.push(cut(axis.to, 'M4-5 9 0 4 5'));
      if (from < axis.from) shapes.push(cut(axis.from, 'M-4-5-9 0-4 5'));
      const signed = at ?? to; // without a renewal, the sign stands at the expiry
      if (shows(signed)) shapes.push(mark(signed, svg('use', { class: 'sign-of', href: `#sign-${data.severity}` })));
    }
    return svg('g', { class: `life mark ${data.severity}`, '--at': number, 'data-row': number },
      svg('rect', { class: 'row', width: '100%' }), svg('g', { class: 'mid' }, ...shapes));
  }

  function labelledTimeline(model, rows, axis, summary) {
    const lines = rows.map((row, number) => lifeLine(row, number, axis));
    const picture = svg('svg', { class: 'lives', role: 'img', 'aria-label': summary }, ...lines);
    const labels = rows.map(({ data }, number) =>
      el('a', { href: hashOf(data.host), 'data-row': number }, sign(data.severity), el('b', {}, data.host),
        el('span', {}, data.certificate_id), el('span', { class: 'unseen' }, `, ${WORDS[data.severity]}`)));
    const plot = el('div', { class: 'plot', '--rows': rows.length }, axisPicture(axis), picture,
      el('div', { class: 'labels' }, ...labels));
    const numberOf = (event) => event.target.closest('[data-row]')?.getAttribute('data-row') ?? null;
    const light = (number) => lines.forEach((line, each) => line.classList.toggle('on', String(each) === number));
    const leave = () => { hideTip(); light(null); };
    plot.addEventListener('pointermove', (event) => {
      const number = numberOf(event);
      if (number === null) { leave(); return; }
      light(number);
      showTip(tipOf(rows[number], model.now), event.clientX, event.clientY);
    });
    plot.addEventListener('focusin', (event) => {
      const number = numberOf(event);
      if (number === null || !event.target.matches(':focus-visible')) return;
      const box = event.target.getBoundingClientRect();
      light(number);
      showTip(tipOf(rows[number], model.now), box.right, box.top);
    });
    plot.addEventListener('pointerleave', leave);
    plot.addEventListener('focusout', leave);
    picture.addEventListener('click', (event) => {
      const number = numberOf(event);
      if (number !== null) location.hash = hashOf(rows[number].data.host);
    });
    return { element: plot, redraw: () => {} };
  }

  /** Thousands of lines in one picture: the lives make areas, the renewals and the expiries make curves. */
  function denseTimeline(model, everyRow, axis, summary) {
    const rows = everyRow.filter((row) => row.to !== null);
    const height = Math.round(Math.min(480, Math.max(280, rows.length * 4)));
    const canvas = el('canvas', { role: 'img', 'aria-label': summary });
    const cursor = el('div', { class: 'cursor', hidden: '' });
    const hint = 'Lines of the time line: arrow keys go from certificate to certificate, Enter opens the host';
    const field = el('div', { role: 'group', tabindex: 0, 'aria-label': hint }, canvas, cursor);
    const spoken = el('p', { class: 'unseen', 'aria-live': 'polite' });
    const element = el('div', { class: 'plot dense', '--height': `${height}px` }, field, axisPicture(axis), spoken);
    const step = height / Math.max(rows.length, 1);
    let current = -1;

    function redraw() {
      const width = field.clientWidth;
      const scale = Math.min(devicePixelRatio || 1, 2);
      canvas.width = Math.round(width * scale);
      canvas.height = Math.round(height * scale);
      const context = canvas.getContext('2d');
      context.scale(scale, scale);
      drawLives(context, rows, axis, width, step);
    }

    /** Of the lines under the pointer, the one whose renewal or expiry is nearest. */
    function nearest(event) {
      const box = canvas.getBoundingClientRect();
      const x = 100 * (event.clientX - box.left) / box.width;
      const middle = (event.clientY - box.top) / step;
      const reach = Math.max(0.5, 3 / step);
      let best = -1;
      let least = Infinity;
      for (let each = Math.max(0, Math.floor(middle - reach)); each <= middle + reach && each < rows.length; each += 1) {
        const away = Math.min(...[rows[each].at, rows[each].to].filter((time) => time !== null)
          .map((time) => Math.abs(axis.place(time) - x)));
        if (away < least) [best, least] = [each, away];
      }
      return best;
    }

    function choose(number, x, y) {
      current = number;
      cursor.hidden = false;
      cursor.style.top = `calc(var(--axis) + ${(number + 0.5) * step}px)`;
      const lines = tipOf(rows[number], model.now);
      showTip(lines, x, y);
      return lines;
    }

    function leave() {
      cursor.hidden = true;
      hideTip();
    }

    const open = () => { if (current >= 0) location.hash = hashOf(rows[current].data.host); };
    canvas.addEventListener('pointermove', (event) => {
      const number = nearest(event);
      if (number >= 0) choose(number, event.clientX, event.clientY);
    });
    canvas.addEventListener('pointerleave', leave);
    canvas.addEventListener('click', (event) => {
      current = nearest(event);
      open();
    });
    field.addEventListener('blur', leave);
    field.addEventListener('keydown', (event) => {
      const leap = Math.max(1, Math.round(rows.length / 20));
      const moves = { ArrowDown: 1, ArrowUp: -1, PageDown: leap, PageUp: -leap, Home: -Infinity, End: Infinity };
      if (event.key === 'Enter') open();
      if (!(event.key in moves) || !rows.length) return;
      event.preventDefault();
      const number = Math.max(0, Math.min(rows.length - 1, current + moves[event.key]));
      const box = canvas.getBoundingClientRect();
      const place = axis.place(rows[number].at ?? rows[number].to) / 100;
      const lines = choose(number, box.left + box.width * place, box.top + number * step);
      spoken.textContent = lines.join(', ');
    });
    return { element, redraw };
  }

  function drawLives(context, rows, axis, width, step) {
    const style = getComputedStyle(document.documentElement);
    const colour = (name) => style.getPropertyValue(`--${name}`).trim();
    const x = (time) => axis.place(time) * width / 100;
    const thick = Math.max(0.75, step * 0.55);
    const size = Math.max(1.25, Math.min(5.5, step * 0.9));
    const bars = (start, fill, alpha) => {
      context.globalAlpha = alpha;
      rows.forEach((row, number) => {
        const from = start(row);
        if (from === null) return;
        context.fillStyle = fill(row);
        context.fillRect(x(from), (number + 0.5) * step - thick / 2, Math.max(0, x(row.to) - x(from)), thick);
      });
    };
    const colours = SEVERITIES.map(colour);
    bars((row) => row.from ?? row.to, () => colour('life'), step < 1 ? 0.3 : 0.8);
    bars((row) => row.at, (row) => colours[row.rank], step < 1 ? 0.1 : 0.3);
    context.globalAlpha = step < 1 ? 0.55 : 1;
    context.fillStyle = colour('quiet');
    rows.forEach((row, number) => {
      if (row.to >= axis.from && row.to <= axis.to) context.fillRect(x(row.to) - 0.75, (number + 0.5) * step - size / 2, 1.5, size);
    });
    context.globalAlpha = 1;
    // The worst is drawn last, so that a few errors are not buried under thousands that are in order.
    const shapes = SEVERITIES.map((severity) => new Path2D(find(`#sign-${severity}`).getAttribute('d')));
    for (let rank = SEVERITIES.length - 1; rank >= 0; rank -= 1) {
      context.fillStyle = colours[rank];
      const larger = rank < 2 ? Math.max(size, 3) : size;
      rows.forEach((row, number) => {
        const time = row.at ?? row.to;
        if (row.rank !== rank || time < axis.from || time > axis.to) return;
        drawSign(context, shapes[rank], x(time), (number + 0.5) * step, larger);
      });
    }
  }

  function drawSign(context, shape, x, y, size) {
    if (size < 2) {
      context.fillRect(x - size, y - size, 2 * size, 2 * size);
      return;
    }
    context.save();
    context.translate(x, y);
    context.scale(size / 7, size / 7);
    context.fill(shape);
    context.restore();
  }

  function timeline(model, axis) {
    const chart = find('#timeline .chart');
    if (!model.rows.length) {
      chart.replaceChildren(el('p', { class: 'quiet' }, 'There is no certificate to show.'));
      return () => {};
    }
    const draw = model.rows.length > LABELLED ? denseTimeline : labelledTimeline;
    const { element, redraw } = draw(model, inTime(model.rows), axis, timelineSummary(model));
    chart.replaceChildren(...[element, key(), timelineNotes(model.rows, axis)].filter(Boolean));
    new ResizeObserver(redraw).observe(chart);
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', redraw);
    return redraw;
  }

  function shares(rows, filterBy) {
    const numbers = SEVERITIES.map((_, rank) => rows.filter((row) => row.rank === rank).length);
    const parts = SEVERITIES.map((severity, rank) => ({ severity, number: numbers[rank] })).filter(({ number }) => number);
    if (!parts.length) return;
    find('.shares').replaceChildren(
      el('div', { class: 'stack', 'aria-hidden': 'true' },
        ...parts.map(({ severity, number }) => build(el('span', { class: severity }), { style: `flex: ${number} 0 0` }, []))),
      el('div', { class: 'legend', role: 'group', 'aria-label': 'Certificates by their worst finding' },
        ...parts.map(({ severity, number }) => {
          const part = button('', () => filterBy(severity));
          part.append(sign(severity), el('strong', {}, grouped.format(number)), ` ${SHARES[severity]}`);
          return part;
        })));
  }

  // ---- load ----

  function loadFigure(load, axis) {
    const days = load.days.map(({ day: name, renewals }) => ({ time: Date.parse(name), renewals }));
    const seen = days.filter(({ time }) => time >= axis.from && time <= axis.to);
    const peak = load.peak_day;
    const top = Math.max(1, ...seen.map(({ renewals }) => renewals));
    const total = days.reduce((sum, { renewals }) => sum + renewals, 0);
    const hidden = total - seen.reduce((sum, { renewals }) => sum + renewals, 0);
    const left = (time) => axis.place(time) * 10;
    const width = Math.max(0.2, left(axis.from + DAY));
    const path = (some) => some.map(({ time, renewals }) =>
      `M${left(time).toFixed(2)} 100V${(100 - 100 * renewals / top).toFixed(2)}h${width.toFixed(2)}V100Z`).join('');
    const peakTime = peak ? Date.parse(peak.day) : null;
    const busiest = load.peak_hour
      ? ` Busiest hour: ${moment(Date.parse(load.peak_hour.hour))}, ${count(load.peak_hour.renewals, 'renewal')}.` : '';
    const words = `${count(load.certificates, 'certificate')}.${busiest}`;
    const label = peak ? `Renewals per day at ${load.ca}. Peak: ${grouped.format(peak.renewals)} on ${day(peakTime)}.${busiest}`
      : `No renewals at ${load.ca}.`;
    const picture = svg('svg', { viewBox: '0 0 1000 100', preserveAspectRatio: 'none', role: 'img', 'aria-label': label },
      ...ticksOf(axis).map(({ time }) => svg('line', { x1: left(time), x2: left(time), y1: 0, y2: 100 })),
      svg('path', { d: path(seen) }),
      svg('path', { class: 'peak', d: path(seen.filter(({ time }) => time === peakTime)) }));
    const bars = el('div', { class: 'bars' }, picture);
    if (peak && peakTime >= axis.from && peakTime <= axis.to) {
      const place = axis.place(peakTime);
      const note = el('span', {}, `${grouped.format(peak.renewals)} on ${day(peakTime)}`);
      note.style.left = `${place}%`;
      note.style.transform = `translateX(-${place}%)`;
      bars.append(note);
    }
    const rest = hidden ? ` ${count(hidden, 'renewal')} outside of these dates.` : '';
    return el('figure', { class: 'load' },
      el('h3', {}, load.ca ?? 'CA not known'),
      el('p', { class: 'quiet' }, words + rest),
      bars,
      el('div', { class: 'ends', 'aria-hidden': 'true' }, el('span', {}, day(axis.from)), el('span', {}, day(axis.to))));
  }

  function loads(model, axis) {
    const place = find('.multiples');
    if (!model.load.length) {
      place.replaceChildren(el('p', { class: 'quiet' }, 'No CA will be asked for a renewal.'));
      return;
    }
    const peak = (load) => load.peak_day?.renewals ?? 0;
    const heaviest = [...model.load].sort((a, b) => peak(b) - peak(a) || b.certificates - a.certificates);
    let first = model.now;
    for (const load of model.load) for (const each of load.days) first = Math.min(first, Date.parse(each.day));
    const from = Math.max(first, axis.from);
    const ahead = { ...axis, from, place: (time) => 100 * Math.min(1, Math.max(0, (time - from) / (axis.to - from))) };
    place.replaceChildren(...heaviest.slice(0, HEAVIEST).map((load) => loadFigure(load, ahead)));
    const rest = heaviest.slice(HEAVIEST);
    if (!rest.length) return;
    const more = button(`Show all ${heaviest.length} CAs`, () => {
      const figures = rest.map((load) => loadFigure(load, ahead));
      more.replaceWith(...figures);
      figures[0].setAttribute('tabindex', '-1');
      figures[0].focus();
    }, { class: 'more' });
    place.append(more);
  }

  // ---- findings ----

  /** A list that shows a part of itself, and more on demand. */
  function longList(items, itemOf) {
    const entries = el('ul', { role: 'list' });
    const box = el('div', { class: 'cases' }, entries);
    let shown = 0;
    const more = button('', () => grow(true), { class: 'more' });
    function grow(asked) {
      const added = items.slice(shown, shown + LIST).map(itemOf);
      entries.append(...added);
      shown += added.length;
      if (shown < items.length) {
        more.textContent = `Show ${Math.min(LIST, items.length - shown)} more of ${grouped.format(items.length)}`;
        box.append(more);
      } else more.remove();
      // The button may be gone: whoever used it goes on where the new entries begin.
      if (asked) added[0]?.querySelector('a')?.focus();
    }
    grow(false);
    return box;
  }

  const caseOf = (finding) => el('li', {},
    el('div', {}, hostLink(finding.host), el('small', {}, finding.certificate_id ?? 'the host itself')),
    el('span', {}, finding.sentence));

  function groupOf(group) {
    const { severity, code, advice } = group[0];
    const hosts = new Set(group.map((finding) => finding.host)).size;
    const details = el('details', {},
      el('summary', {}, badge(severity),
        el('div', { class: 'what' }, el('h3', {}, advice), el('code', {}, code)),
        el('span', { class: 'count' }, `${count(group.length, 'case')} on ${count(hosts, 'host')}`)));
    let filled = false;
    const fill = () => {
      if (!filled) details.append(longList(group, caseOf));
      filled = true;
    };
    details.addEventListener('toggle', () => { if (details.open) fill(); });
    return { details, fill, rank: SEVERITIES.indexOf(severity), size: group.length };
  }

  function findings(model) {
    const groups = [...groupBy(model.findings, ({ severity, code, advice }) => `${severity}\0${code}\0${advice}`).values()]
      .map(groupOf).sort((a, b) => a.rank - b.rank || b.size - a.size);
    const none = el('p', { class: 'quiet' }, 'Nothing: there is no finding.');
    find('.groups').replaceChildren(...(groups.length ? groups.map(({ details }) => details) : [none]));
    return groups;
  }

  // ---- table ----

  const dash = () => [el('span', { 'aria-hidden': 'true', class: 'fade' }, '–'), el('span', { class: 'unseen' }, 'none')];
  const text = (value) => (value === null ? dash() : [value]);
  const date = (time) => (time === null ? dash() : [day(time), ' ', el('span', { class: 'fade' }, hour(time))]);

  const caCell = ({ data }) => {
    const below = data.ca !== null && data.ca !== data.ca_profile_name ? [el('small', {}, data.ca)] : [];
    return [...text(data.ca_profile_name), ...below];
  };

  // sort: what a column is sorted by, null for what has no value. cell: the children of a cell.
  const COLUMNS = [
    { name: 'Severity', sort: (row) => row.rank, cell: (row) => [badge(row.data.severity)], look: 'fixed' },
    { name: 'Host', sort: (row) => row.data.host, cell: (row) => [hostLink(row.data.host)], look: '' },
    { name: 'Certificate', sort: (row) => row.data.certificate_id, cell: (row) => text(row.data.certificate_id), look: '' },
    { name: 'List', sort: (row) => row.data.protocol, cell: (row) => text(row.data.protocol && list(row.data.protocol)), look: '' },
    { name: 'CA profile', sort: (row) => row.data.ca_profile_name, cell: caCell, look: '' },
    { name: 'Renews', sort: (row) => row.at, cell: (row) => date(row.at), look: 'fixed' },
    { name: 'Decided by', sort: (row) => row.data.rule, cell: (row) => text(row.data.rule), look: 'wrap' },
    { name: 'Expires', sort: (row) => row.to, cell: (row) => date(row.to), look: 'fixed' },
    { name: 'Days left', sort: (row) => row.data.days_left, cell: (row) => text(row.data.days_left && grouped.format(row.data.days_left)), look: 'number' },
  ];

  function sorted(rows, column, direction) {
    const { sort } = COLUMNS[column];
    const compare = (a, b) => (typeof a === 'string' ? collator.compare(a, b) : a - b);
    return [...rows].sort((one, other) => {
      const [a, b] = [sort(one), sort(other)];
      // What has no value comes last, in both directions.
      if (a === null || b === null) return (a === null) - (b === null);
      return direction * compare(a, b);
    });
  }

  function options(select, all, values, nameOf) {
    select.replaceChildren(el('option', { value: '' }, all), ...values.map((value) => el('option', { value: `=${value ?? ''}` }, nameOf(value))));
  }

  /** The values that occur, in order; null last. */
  const occurring = (rows, valueOf) =>
    [...new Set(rows.map(valueOf))].sort((a, b) => (a === null) - (b === null) || collator.compare(a, b));

  function table(model) {
    const body = find('tbody');
    const shown = find('#shown');
    const [previous, next, page] = ['#page-previous', '#page-next', '#page'].map(find);
    const inputs = { text: find('#filter-text'), severity: find('#filter-severity'), protocol: find('#filter-protocol'), ca: find('#filter-ca') };
    const state = { column: 0, direction: 1, number: 0, size: PAGE, order: sorted(model.rows, 0, 1), kept: model.rows };

    const heads = COLUMNS.map(({ name, look }, column) =>
      el('th', { scope: 'col', class: look === 'number' ? 'number' : '' }, button(name, () => sortBy(column))));
    find('thead tr').replaceChildren(...heads);
    options(inputs.severity, 'All', SEVERITIES, (value) => WORDS[value]);
    options(inputs.protocol, 'All', occurring(model.rows, (row) => row.data.protocol), list);
    options(inputs.ca, 'All', occurring(model.rows, (row) => row.data.ca), (value) => value ?? 'none');

    const rowElement = (row) => el('tr', {}, ...COLUMNS.map(({ name, cell, look }) =>
      el(name === 'Host' ? 'th' : 'td', name === 'Host' ? { scope: 'row' } : { class: look }, ...cell(row))));

    function render() {
      const pages = Math.max(1, Math.ceil(state.kept.length / state.size));
      state.number = Math.min(state.number, pages - 1);
      const start = state.number * state.size;
      const rows = state.kept.slice(start, start + state.size).map(rowElement);
      const nothing = el('tr', {}, el('td', { colspan: COLUMNS.length, class: 'quiet' },
        model.rows.length ? 'No certificate matches.' : 'There is no certificate.'));
      body.replaceChildren(...(rows.length ? rows : [nothing]));
      page.textContent = `Page ${grouped.format(state.number + 1)} of ${grouped.format(pages)}`;
      find('.pager').hidden = pages === 1;
      previous.disabled = state.number === 0;
      next.disabled = state.number === pages - 1;
    }

    function filter() {
      performance.mark('report:filter');
      const words = inputs.text.value.toLowerCase().split(/\s+/).filter(Boolean);
      const chosen = [['severity', inputs.severity.value], ['protocol', inputs.protocol.value], ['ca', inputs.ca.value]]
        .filter(([, value]) => value !== '').map(([name, value]) => [name, value.slice(1)]);
      state.kept = state.order.filter((row) =>
        chosen.every(([name, value]) => (row.data[name] ?? '') === value) && words.every((word) => row.text.includes(word)));
      state.number = 0;
      shown.textContent = state.kept.length === model.rows.length ? count(model.rows.length, 'certificate')
        : `${grouped.format(state.kept.length)} of ${count(model.rows.length, 'certificate')}`;
      render();
      performance.measure('report:filtered', 'report:filter');
    }

    function sortBy(column) {
      state.direction = state.column === column ? -state.direction : 1;
      state.column = column;
      state.order = sorted(model.rows, column, state.direction);
      order();
      filter();
    }

    function order() {
      heads.forEach((head, column) => {
        if (column === state.column) head.setAttribute('aria-sort', state.direction === 1 ? 'ascending' : 'descending');
        else head.removeAttribute('aria-sort');
      });
    }

    function turn(step) {
      state.number += step;
      render();
      find('.scroll').focus({ preventScroll: true });
      find('#certificates').scrollIntoView();
    }

    function filterBy(values) {
      for (const [name, input] of Object.entries(inputs)) input.value = values[name] ?? '';
      filter();
    }

    previous.addEventListener('click', () => turn(-1));
    next.addEventListener('click', () => turn(1));
    inputs.text.addEventListener('input', filter);
    for (const name of ['severity', 'protocol', 'ca']) inputs[name].addEventListener('change', filter);
    find('#filter-clear').addEventListener('click', () => { filterBy({}); inputs.text.focus(); });
    order();
    filter();
    return {
      only: (severity) => {
        filterBy({ severity: `=${severity}` });
        find('#certificates').scrollIntoView();
        inputs.severity.focus({ preventScroll: true });
      },
      /** Paper has no pager: more rows, and in words where they end. */
      paper: (on) => {
        state.size = on ? PAPER : PAGE;
        state.number = 0;
        render();
        find('caption').textContent = on && state.kept.length > PAPER
          ? `The first ${PAPER} of ${count(state.kept.length, 'certificate')}.` : CAPTION;
      },
    };
  }

  const CAPTION = find('caption').textContent;

  // ---- what was left out ----

  function gaps({ hosts }) {
    const unread = hosts.filter((host) => !host.read);
    const partly = hosts.filter((host) => host.read && host.left_out.length);
    const itemOf = ({ host, left_out: left }) => el('li', {}, el('div', {}, hostLink(host)), el('span', {}, left.join('; ') || 'No reason is known.'));
    const part = (some, title) => (some.length ? [el('div', {}, el('h3', {}, title), longList(some, itemOf))] : []);
    const parts = [
      ...part(unread, `${count(unread.length, 'host was', 'hosts were')} not read`),
      ...part(partly, `${count(partly.length, 'host was', 'hosts were')} read in part`),
    ];
    const nothing = el('p', { class: 'quiet' }, hosts.length ? 'Nothing: every host and every store was read.' : 'The report covers no hosts.');
    find('.gaps').replaceChildren(...(parts.length ? parts : [nothing]));
  }

  // ---- detail of a host ----

  function facts(pairs) {
    const known = pairs.filter(([, value]) => value !== null && value !== '');
    return el('dl', { class: 'facts' }, ...known.flatMap(([name, value]) => [el('dt', {}, name), el('dd', {}, value)]));
  }

  const said = (some) => (some.length
    ? el('ul', { class: 'said', role: 'list' }, ...some.map(({ severity, advice, sentence }) =>
      el('li', {}, sign(severity), el('div', {}, el('strong', {}, `${WORDS[severity]}: ${advice}`), sentence))))
    : null);

  function certificateCard({ data, from, at, to }, model) {
    const when = (time) => (time === null ? null : `${moment(time)} (${distance(time, model.now)})`);
    const unit = (value, name) => (value === null ? null : count(value, name));
    return el('article', {},
      el('h3', {}, data.certificate_id, badge(data.severity)),
      facts([
        ['Subject', data.subject], ['Issuer', data.issuer], ['Serial number', data.serial_number],
        ['Valid from', when(from)], ['Expires', when(to)], ['Lifetime', unit(data.lifetime_days, 'day')],
        ['Days left', data.days_left === null ? null : grouped.format(data.days_left)],
        ['Renews', at === null ? 'not planned' : when(at) + (data.due ? ', due' : '')], ['Decided by', data.rule],
        ['At the renewal', data.share_elapsed === null ? null : `${data.share_elapsed} % of the lifetime is over`],
        ['The device says', [when(timeOf(data.device_trigger)), data.device_status].filter(Boolean).join(', ')],
        ['List', list(data.protocol)], ['CA profile', data.ca_profile_name], ['CA', data.ca],
        ['Used by', data.used_by.join('; ')], ['Nodes', data.nodes.join(', ')],
      ]),
      said(model.saidOf.get(pair(data.host, data.certificate_id)) ?? []));
  }

  function hostDetail(name, model) {
    const host = model.host.get(name);
    if (!host) return [el('p', { class: 'quiet' }, 'This report knows no host of that name.')];
    const rows = model.rowsOf.get(name) ?? [];
    const own = new Set(rows.map((row) => row.data.certificate_id));
    const others = (model.findingsOf.get(name) ?? []).filter((finding) => !own.has(finding.certificate_id));
    return [
      badge(host.severity),
      facts([
        ['Release', host.release ?? 'not known'], ['Read', host.read ? 'yes' : 'no'],
        ['Left out', host.left_out.join('; ')], ['Certificates', grouped.format(host.certificates)],
      ]),
      said(others),
      ...rows.map((row) => certificateCard(row, model)),
    ].filter(Boolean);
  }

  /** The hash of the address says which host is open: a link to a host can be sent to somebody. */
  function details(model) {
    const dialog = find('#detail');
    const chosen = () => {
      const [, name] = /^#host=(.*)$/.exec(location.hash) ?? [];
      try {
        return name === undefined ? null : decodeURIComponent(name);
      } catch {
        return name; // not a link of this page: taken as it stands
      }
    };
    const route = () => {
      const name = chosen();
      if (name === null) {
        if (dialog.open) dialog.close();
        return;
      }
      hideTip();
      find('#detail-title').textContent = name;
      find('#detail .body').replaceChildren(...hostDetail(name, model));
      if (!dialog.open) dialog.showModal();
      dialog.scrollTop = 0;
    };
    find('#detail-close').addEventListener('click', () => dialog.close());
    dialog.addEventListener('click', (event) => { if (event.target === dialog) dialog.close(); });
    dialog.addEventListener('close', () => { if (chosen() !== null) history.replaceState(null, '', '#'); });
    addEventListener('hashchange', route);
    addEventListener('keydown', (event) => { if (event.key === 'Escape') hideTip(); });
    route();
  }

  // ---- paper ----

  /** All that paper can hold is shown, in light colours, and put back afterwards. */
  function printing(groups, pages, redraw) {
    let opened = null;
    const prepare = (on) => {
      if (on === (opened !== null)) return;
      document.documentElement.classList.toggle('printing', on);
      pages.paper(on);
      if (on) {
        opened = groups.filter(({ details: group }) => !group.open);
        opened.forEach((group) => { group.fill(); group.details.open = true; });
      } else {
        opened.forEach(({ details: group }) => { group.open = false; });
        opened = null;
      }
      redraw();
    };
    addEventListener('beforeprint', () => prepare(true));
    addEventListener('afterprint', () => prepare(false));
    matchMedia('print').addEventListener('change', ({ matches }) => prepare(matches));
  }

  // ---- begin ----

  function header({ now }) {
    for (const element of document.querySelectorAll('header time')) {
      const time = Date.parse(element.getAttribute('datetime'));
      const inFigure = element.closest('dd');
      element.replaceChildren(moment(time), ...(inFigure ? [el('small', {}, distance(time, now))] : []));
    }
  }

  function begin() {
    performance.mark('report:begin');
    const model = indexed(JSON.parse(find('#report').textContent));
    performance.mark('report:indexed');
    const axis = axisOf(model);
    header(model);
    const pages = table(model);
    performance.mark('report:table');
    shares(model.rows, pages.only);
    const redraw = timeline(model, axis);
    loads(model, axis);
    const groups = findings(model);
    gaps(model);
    printing(groups, pages, redraw);
    details(model);
    // Usable is what has been painted.
    requestAnimationFrame(() => setTimeout(() => {
      performance.mark('report:ready');
      document.documentElement.dataset.ready = 'true';
    }));
  }

  begin();
})();
