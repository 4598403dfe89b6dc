// Copyright (c) 2026, netpki.junos contributors
// GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

// Fills the page from the report that stands in it. What the report says of hosts and certificates is somebody else's
// text: it only ever becomes text, by textContent or as a value of a safe attribute.
(() => {
  'use strict';

  const DAY = 86400000;
  const SEVERITIES = ['error', 'warning', 'info', 'ok'];
  const WORDS = { error: 'Error', warning: 'Warning', info: 'Note', ok: 'OK' };
  const SHARES = { error: 'with errors', warning: 'with warnings', info: 'with notes', ok: 'in order' }; // certificates
  const LABELLED = 40; // certificates that get a row of their own on the time line
  const PAGE = 100; // rows of the table at a time
  const CASES = 50; // findings of a group at a time
  const PRINTED = 2000; // rows of the table on paper
  const CHARTS = 6; // CAs at first
  const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

  const report = JSON.parse(document.getElementById('report').textContent);
  const now = Date.parse(report.generated);
  const $ = (selector) => document.querySelector(selector);

  // ---- making elements ----

  const append = (element, ...children) => {
    element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined));
    return element;
  };

  const set = (element, attributes) => {
    for (const [name, value] of Object.entries(attributes)) {
      if (value !== null && value !== false) element.setAttribute(name, value === true ? '' : value);
    }
    return element;
  };

  const make = (tag, attributes = {}, ...children) => append(set(document.createElement(tag), attributes), children);

  const draw = (tag, attributes = {}, ...children) =>
    append(set(document.createElementNS('http://www.w3.org/2000/svg', tag), attributes), children);

  const shape = (severity) => document.getElementById(`sign-${severity}`).getAttribute('d');

  const sign = (severity) =>
    draw('svg', { class: `sign ${severity}`, viewBox: '-8 -8 16 16', 'aria-hidden': 'true' }, draw('path', { d: shape(severity) }));

  const badge = (severity) => make('span', { class: 'badge' }, sign(severity), make('span', { class: 'word' }, WORDS[severity]));

  const button = (label, act, attributes = {}) => {
    const element = make('button', { type: 'button', ...attributes }, label);
    element.addEventListener('click', act);
    return element;
  };

  // ---- words ----

  const count = (number, one, many) => `${number.toLocaleString('en')} ${number === 1 ? one : many}`;
  const minute = (date) => (date ? date.slice(0, 16).replace('T', ' ') : null);
  const day = (time) => new Date(time).toISOString().slice(0, 10);
  const hostLink = (host) => make('a', { href: `#host=${encodeURIComponent(host)}` }, host);

  // ---- the report, indexed once ----

  const time = (date) => (date ? Date.parse(date) : null);
  const rows = report.certificates.map((row) => ({
    ...row,
    start: time(row.not_before),
    renews: time(row.trigger),
    end: time(row.not_after),
    rank: SEVERITIES.indexOf(row.severity),
    text: [row.host, row.certificate_id, row.subject, row.issuer, row.ca, row.ca_profile_name, ...row.findings]
      .filter(Boolean)
      .join('\n')
      .toLowerCase(),
  }));

  // What expires first comes first, wherever nothing else decides.
  rows.sort((a, b) => (a.end ?? Infinity) - (b.end ?? Infinity) || 0);

  const grouped = (items, key) => {
    const groups = new Map();
    for (const item of items) {
      const name = key(item);
      if (groups.has(name)) groups.get(name).push(item);
      else groups.set(name, [item]);
    }
    return groups;
  };

  const findingsOf = grouped(report.findings, (finding) => finding.host);
  const rowsOf = grouped(rows, (row) => row.host);
  const expiry = new Map([...rows].reverse().map((row) => [`${row.host}\n${row.certificate_id}`, row.end ?? Infinity]));
  const hosts = new Map(report.hosts.map((host) => [host.host, host]));

  // ---- the tip beside the pointer ----

  const tip = $('#tip');
  const showTip = (row, x, y) => {
    const dates = row.end
      ? [`renews ${minute(row.trigger) || 'never'}${row.rule ? ` by ${row.rule}` : ''}`, `expires ${minute(row.not_after)}`]
      : ['no certificate'];
    tip.replaceChildren(make('b', {}, `${row.host} ${row.certificate_id}`), ...dates.map((text) => make('span', {}, text)));
    if (row.findings.length) tip.append(make('span', {}, `${WORDS[row.severity]}: ${row.findings.join(', ')}`));
    tip.hidden = false;
    tip.style.left = `${Math.min(x + 14, innerWidth - tip.offsetWidth - 8)}px`;
    tip.style.top = `${Math.min(y + 14, innerHeight - tip.offsetHeight - 8)}px`;
  };
  const hideTip = () => {
    tip.hidden = true;
  };

  // ---- time line ----

  // The span that is shown: as far ahead as nine tenths of the certificates live, and a quarter of that back. A life of
  // twenty years is cut off, and must not squash the others.
  const span = (() => {
    const ends = rows.map((row) => row.end).filter((end) => end > now).sort((a, b) => a - b);
    const far = Math.min(ends[Math.floor((ends.length - 1) * 0.9)] || 0, now + 3 * 365 * DAY);
    const ahead = Math.max(far - now, 60 * DAY) * 1.04;
    return { from: now - ahead / 4, to: now + ahead };
  })();
  const share = (at) => Math.max(0, Math.min(1, (at - span.from) / (span.to - span.from)));
  const percent = (at) => `${(share(at) * 100).toFixed(3)}%`;
  const isCut = (row) => row.end !== null && (row.start < span.from || row.end > span.to);

  const timeline = () => {
    const dated = rows.filter((row) => row.end !== null || rows.length <= LABELLED);
    const many = dated.length > LABELLED;
    // Among thousands, those that never renew make a curve of their own, below the others.
    const first = (row) => row.renews ?? (many ? null : row.end) ?? Number.MAX_VALUE;
    dated.sort((a, b) => first(a) - first(b) || a.end - b.end);
    const chart = $('#timeline .chart');
    if (!dated.length) {
      chart.append(make('p', { class: 'quiet' }, 'There is no certificate to show.'));
      return;
    }
    shares();
    chart.append(many ? dense(dated) : labelled(dated), key());
    const cut = dated.filter(isCut).length;
    const undated = rows.length - dated.length;
    const notes = [
      cut && `${count(cut, 'life reaches', 'lives reach')} beyond the ends of the time line and are cut off there.`,
      undated && `${count(undated, 'entry has', 'entries have')} no certificate with dates and stand in the table only.`,
    ].filter(Boolean);
    if (notes.length) chart.append(make('p', { class: 'notes' }, notes.join(' ')));
  };

  const summaryOfTimeline = (shown) => {
    const parts = SEVERITIES.map((severity) => [severity, shown.filter((row) => row.severity === severity).length]);
    const states = parts.filter(([, number]) => number).map(([severity, number]) => `${number} ${WORDS[severity]}`);
    return (
      `Time line from ${day(span.from)} to ${day(span.to)} of ${count(shown.length, 'certificate', 'certificates')}: ` +
      `${states.join(', ')}. The next renewal is ${minute(report.summary.next_trigger) || 'not known'}, the next expiry ` +
      `${minute(report.summary.next_expiry) || 'not known'}. The table of certificates tells the same.`
    );
  };

  const shares = () => {
    const number = (severity) => rows.filter((row) => row.severity === severity).length;
    const present = SEVERITIES.filter(number);
    const stack = present.map((severity) => set(make('span', { class: severity }), { style: `flex-grow: ${number(severity)}` }));
    const legend = present.map((severity) => {
      const label = [sign(severity), make('strong', {}, number(severity).toLocaleString('en')), ` ${SHARES[severity]}`];
      const element = button('', () => choose({ severity }), { title: 'Show these in the table' });
      return append(element, label);
    });
    $('#timeline .shares').append(make('div', { class: 'stack', 'aria-hidden': 'true' }, stack), make('div', { class: 'legend' }, legend));
  };

  const ticks = () => {
    const months = (span.to - span.from) / (30.4 * DAY);
    const step = months <= 20 ? 1 : months <= 60 ? 3 : 12;
    const marks = [];
    const first = new Date(span.from);
    for (let at = new Date(Date.UTC(first.getUTCFullYear(), 0, 1)); at < span.to; at.setUTCMonth(at.getUTCMonth() + step)) {
      if (at >= span.from && share(at) < 0.98) marks.push({ at: at.getTime(), month: at.getUTCMonth(), year: at.getUTCFullYear() });
    }
    return marks;
  };

  const axis = () => {
    const group = draw('svg', { class: 'axis', 'aria-hidden': 'true' });
    let year = null;
    for (const mark of ticks()) {
      const x = percent(mark.at);
      const minor = mark.month % 3 ? 'minor' : 'major';
      group.append(draw('line', { class: minor, x1: x, x2: x, y1: 36, y2: '100%' }));
      group.append(draw('text', { class: minor, x, y: 32, dx: 4 }, MONTHS[mark.month]));
      if (mark.year !== year) group.append(draw('text', { class: 'year', x, y: 14, dx: 4 }, String(mark.year)));
      year = mark.year;
    }
    const x = percent(now);
    group.append(
      draw('g', { class: 'now' }, draw('line', { x1: x, x2: x, y1: 40, y2: '100%' }), draw('text', { x, y: 48, dx: 4 }, 'now'))
    );
    return group;
  };

  const life = (row, number) => {
    const middle = draw('g', { class: 'mid' });
    const bar = (from, to, name) =>
      draw('rect', { class: name, x: percent(from), y: -3, height: 6, width: `${((share(to) - share(from)) * 100).toFixed(3)}%` });
    if (row.end === null) {
      middle.append(draw('text', { x: percent(now), dx: 8, y: 4 }, 'no certificate with dates'));
    } else {
      middle.append(bar(row.start, row.end, 'span'));
      if (row.renews !== null) middle.append(bar(row.renews, row.end, 'window'));
      if (row.end >= span.from && row.end <= span.to) middle.append(draw('line', { class: 'end', x1: percent(row.end), x2: percent(row.end), y1: -6, y2: 6 }));
      const cuts = [row.start < span.from && ['0%', 'M4-4 0 0 4 4'], row.end > span.to && ['100%', 'M-4-4 0 0-4 4']];
      for (const [x, d] of cuts.filter(Boolean)) {
        middle.append(draw('svg', { x, overflow: 'visible' }, draw('path', { class: 'cut', d })));
      }
      if (row.end < span.from) middle.append(draw('text', { x: '0%', dx: 12, y: 4 }, `expired ${day(row.end)}`));
      const at = row.renews !== null && row.renews >= span.from && row.renews <= span.to ? row.renews : null;
      if (at !== null) {
        middle.append(draw('svg', { x: percent(at), overflow: 'visible' }, draw('path', { class: 'sign-of', d: shape(row.severity) })));
      }
    }
    const group = draw('g', { class: `life mark ${row.severity}`, style: `--at: ${number}` });
    group.append(draw('rect', { class: 'row', width: '100%' }), middle);
    group.addEventListener('pointermove', (event) => showTip(row, event.clientX, event.clientY));
    group.addEventListener('pointerleave', hideTip);
    group.addEventListener('click', () => openHost(row.host));
    return group;
  };

  const labelled = (shown) => {
    const lives = draw('svg', { class: 'lives', role: 'img', 'aria-label': summaryOfTimeline(shown) }, shown.map(life));
    const labels = shown.map((row) => {
      const link = set(hostLink(row.host), { 'aria-label': `${row.host} ${row.certificate_id}, ${WORDS[row.severity]}` });
      link.replaceChildren(sign(row.severity), make('b', {}, row.host), make('span', {}, row.certificate_id));
      link.addEventListener('focus', () => {
        const box = link.getBoundingClientRect();
        if (link.matches(':focus-visible')) showTip(row, box.right, box.top);
      });
      link.addEventListener('blur', hideTip);
      return link;
    });
    const plot = make('div', { class: 'plot', style: `--rows: ${shown.length}` }, axis(), lives);
    return append(plot, make('div', { class: 'labels' }, labels));
  };

  // A row may be less than a pixel high: the renewals of a fleet form a curve, the expiries another one.
  const dense = (shown) => {
    const height = Math.max(240, Math.min(560, shown.length * 4));
    const canvas = make('canvas', { role: 'img', 'aria-label': summaryOfTimeline(shown), style: `--height: ${height}px` });
    const cursor = make('div', { class: 'cursor', hidden: true });
    const spoken = make('p', { class: 'unseen', 'aria-live': 'polite' });
    const hint = 'Time line: the arrow keys go from certificate to certificate, Enter opens the host';
    const field = make('div', { class: 'field', role: 'group', tabindex: 0, 'aria-label': hint });
    field.append(canvas, cursor, spoken);
    let chosen = -1;
    const choose = (number, x) => {
      chosen = Math.max(0, Math.min(shown.length - 1, number));
      const top = ((chosen + 0.5) / shown.length) * height;
      cursor.hidden = false;
      cursor.style.top = `${top}px`;
      const box = canvas.getBoundingClientRect();
      const row = shown[chosen];
      showTip(row, x ?? box.left + share(row.renews ?? row.end) * box.width, box.top + top);
    };
    const leave = () => {
      cursor.hidden = true;
      hideTip();
    };
    const point = (event) => choose(nearest(shown, canvas.getBoundingClientRect(), event), event.clientX);
    const leap = Math.ceil(shown.length / 20);
    const steps = { ArrowDown: 1, ArrowUp: -1, PageDown: leap, PageUp: -leap, Home: -Infinity, End: Infinity };
    canvas.addEventListener('pointermove', point);
    canvas.addEventListener('pointerleave', leave);
    canvas.addEventListener('click', (event) => {
      point(event);
      openHost(shown[chosen].host);
    });
    field.addEventListener('blur', leave);
    field.addEventListener('keydown', (event) => {
      if (event.key === 'Enter' && chosen >= 0) openHost(shown[chosen].host);
      if (!(event.key in steps)) return;
      event.preventDefault();
      choose(chosen + steps[event.key]);
      spoken.textContent = [...tip.children].map((line) => line.textContent).join(', ');
    });
    painters.push(() => paint(canvas, shown, height));
    return make('div', { class: 'plot dense' }, axis(), field);
  };

  // Of the rows under the pointer, the one whose renewal or expiry is nearest to it.
  const nearest = (shown, box, event) => {
    const number = ((event.clientY - box.top) / box.height) * shown.length;
    const reach = Math.max(0.5, (3 / box.height) * shown.length);
    const at = (event.clientX - box.left) / box.width;
    const away = (row) => Math.min(...[row.renews ?? row.end, row.end].map((time) => Math.abs(share(time) - at)));
    const from = Math.max(0, Math.floor(number - reach));
    const near = shown.slice(from, Math.ceil(number + reach)).map(away);
    return near.length ? from + near.indexOf(Math.min(...near)) : shown.length - 1;
  };

  const paint = (canvas, shown, height) => {
    const scale = Math.max(1, devicePixelRatio || 1);
    const width = canvas.clientWidth || 800;
    canvas.width = width * scale;
    canvas.height = height * scale;
    const pen = canvas.getContext('2d');
    pen.scale(scale, scale);
    const style = getComputedStyle(document.documentElement);
    const colour = (name) => style.getPropertyValue(`--${name}`).trim();
    const colours = Object.fromEntries(SEVERITIES.map((severity) => [severity, colour(severity)]));
    const step = height / shown.length;
    const thick = Math.max(1, step * 0.6);
    const x = (at) => share(at) * width;
    const y = (number) => (number + 0.5) * step;
    const inside = (at) => at !== null && at >= span.from && at <= span.to;
    const bar = (number, from, to) => pen.fillRect(x(from), y(number) - thick / 2, x(to) - x(from), thick);
    // Bars that lie on one another add up: many are drawn thin, so that they do not become a block.
    pen.globalAlpha = Math.max(0.15, Math.min(0.8, step));
    pen.fillStyle = colour('life');
    shown.forEach((row, number) => bar(number, row.start, row.end));
    pen.globalAlpha = Math.max(0.02, Math.min(0.35, step / 4));
    shown.forEach((row, number) => {
      pen.fillStyle = colours[row.severity];
      if (row.renews !== null) bar(number, row.renews, row.end);
    });
    // In the order of the rows, the last on a pixel wins: among thousands, each colour has the share that is its due.
    // The errors come once more, so that none of them is painted over.
    const marks = (only) => shown.forEach((row, number) => {
      if (only && row.severity !== only) return;
      pen.fillStyle = colours[row.severity];
      pen.globalAlpha = step < 1 ? 0.45 : 0.9;
      if (inside(row.end)) pen.fillRect(x(row.end) - 0.75, y(number) - thick / 2, 1.5, thick);
      pen.globalAlpha = 1;
      const at = row.renews ?? row.end; // what never renews has its mark where it ends
      if (inside(at)) mark(pen, row.severity, x(at), y(number), Math.min(5, step * 0.9));
    });
    marks(null);
    marks('error');
  };

  const paths = {};
  const mark = (pen, severity, x, y, size) => {
    if (size < 1.8) {
      pen.fillRect(x - 1.5, Math.floor(y), 3, severity === 'error' ? 2 : 1);
      return;
    }
    paths[severity] ??= new Path2D(shape(severity));
    pen.save();
    pen.translate(x, y);
    pen.scale(size / 7, size / 7);
    pen.fill(paths[severity]);
    pen.restore();
  };

  const painters = [];
  const repaint = () => painters.forEach((each) => each());

  const key = () => {
    const sample = (...parts) => draw('svg', { viewBox: '0 -8 44 16', 'aria-hidden': 'true', class: 'mark ok' }, parts);
    const bar = draw('rect', { x: 0, y: -3, width: 44, height: 6, fill: 'var(--life)' });
    const mark = draw('svg', { x: 22, overflow: 'visible' }, draw('path', { d: shape('ok'), fill: 'currentColor' }));
    const window = draw('rect', { x: 22, y: -3, width: 22, height: 6, fill: 'currentColor', opacity: 0.5 });
    const end = draw('line', { x1: 22, x2: 22, y1: -6, y2: 6, stroke: 'currentColor', 'stroke-width': 2.5 });
    return make(
      'div',
      { class: 'key' },
      make('span', {}, sample(bar), 'life of the certificate'),
      make('span', {}, sample(mark), 'the device renews it'),
      make('span', {}, sample(bar.cloneNode(), window), 'the time it has for that'),
      make('span', {}, sample(end), 'it expires'),
      make('span', {}, 'The shape and the colour of a mark tell its worst finding.')
    );
  };

  // ---- load on each CA ----

  const load = () => {
    const charts = [...report.load].sort((a, b) => b.peak_day.renewals - a.peak_day.renewals || b.certificates - a.certificates);
    const box = $('#load .multiples');
    if (!charts.length) box.append(make('p', { class: 'quiet' }, 'No renewal is to come.'));
    box.append(...charts.slice(0, CHARTS).map(loadOf));
    const rest = charts.slice(CHARTS);
    if (rest.length) {
      const more = button(`Show all ${charts.length} CAs`, () => more.replaceWith(...rest.map(loadOf)), { class: 'more' });
      box.append(more);
    }
  };

  const loadOf = (ca) => {
    const first = Date.parse(ca.days[0].day);
    const last = Date.parse(ca.days.at(-1).day);
    const length = Math.max(30, Math.round((last - first) / DAY) + 1);
    const high = ca.peak_day.renewals;
    const bar = (each) => {
      const tall = ((each.renewals / high) * 100).toFixed(2);
      return `M${Math.round((Date.parse(each.day) - first) / DAY)} 100v-${tall}h1v${tall}z`;
    };
    const at = (Date.parse(ca.peak_day.day) - first) / DAY / length;
    const bars = draw(
      'svg',
      { viewBox: `0 0 ${length} 100`, preserveAspectRatio: 'none', 'aria-hidden': 'true' },
      draw('line', { x1: 0, x2: length, y1: 0, y2: 0 }),
      draw('path', { d: ca.days.map(bar).join('') }),
      draw('path', { class: 'peak', d: bar(ca.peak_day) })
    );
    const side = at > 0.5 ? `right: ${((1 - at) * 100).toFixed(2)}%` : `left: ${(at * 100).toFixed(2)}%`;
    const hour = `${count(ca.peak_hour.renewals, 'renewal', 'renewals')} in the hour ${minute(ca.peak_hour.hour)}`;
    const told = `${count(ca.certificates, 'renewal', 'renewals')} to come, at most ${hour}`;
    return make(
      'figure',
      { class: 'load', role: 'group', 'aria-label': `${ca.ca}: ${told}; the peak is ${high} on ${ca.peak_day.day}` },
      make('h3', {}, ca.ca),
      make('p', { class: 'quiet' }, told),
      make('div', { class: 'bars' }, bars, make('span', { style: side }, `${high} on ${ca.peak_day.day}`)),
      make('div', { class: 'ends' }, make('span', {}, day(first)), make('span', {}, day(first + (length - 1) * DAY)))
    );
  };

  // ---- findings, by what to do ----

  const findings = () => {
    const box = $('#findings .groups');
    if (!report.findings.length) box.append(make('p', { class: 'quiet' }, 'Nothing stands in the way.'));
    const groups = [...grouped(report.findings, (each) => `${each.code}\n${each.advice}`).values()];
    const first = new Map(groups.map((group) => [group, urgency(group)]));
    const rank = (group) => SEVERITIES.indexOf(group[0].severity);
    groups.sort((a, b) => rank(a) - rank(b) || first.get(a) - first.get(b) || b.length - a.length);
    box.append(...groups.map(groupOf));
  };

  // When the first certificate expires that the findings are about; a host that was not read comes before all.
  const urgency = (group) => {
    const ends = group.map((finding) => expiry.get(`${finding.host}\n${finding.certificate_id}`) ?? (finding.code === 'host-not-read' ? 0 : Infinity));
    return ends.reduce((least, end) => Math.min(least, end), Infinity);
  };

  // Whom a group is about, as far as one line has room.
  const whom = (group) => {
    const names = group.slice(0, 3).map((finding) => [finding.host ?? 'the fleet', finding.certificate_id].filter(Boolean).join(' '));
    return names.join(', ') + (group.length > 3 ? ` and ${(group.length - 3).toLocaleString('en')} more` : '');
  };

  const caseOf = (finding) =>
    make(
      'li',
      {},
      make(
        'div',
        {},
        finding.host === null ? 'The whole fleet' : hostLink(finding.host),
        finding.certificate_id === null ? null : make('small', {}, finding.certificate_id)
      ),
      make('span', {}, finding.sentence)
    );

  const groupOf = (group) => {
    const [{ severity, code, advice }] = group;
    const list = make('ul', { class: 'cases' });
    const details = make(
      'details',
      {},
      make(
        'summary',
        {},
        badge(severity),
        make('span', { class: 'what' }, make('strong', {}, advice), ' ', make('code', {}, code), make('small', {}, whom(group))),
        make('span', { class: 'count' }, count(group.length, 'case', 'cases'))
      ),
      list
    );
    let shown = 0;
    const more = () => {
      list.append(...group.slice(shown, shown + CASES).map(caseOf));
      shown = Math.min(group.length, shown + CASES);
      const left = group.length - shown;
      if (left) {
        const next = button(`Show more (${left.toLocaleString('en')} left)`, () => {
          const from = shown;
          next.remove();
          more();
          list.children[from].querySelector('a')?.focus();
        }, { class: 'more' });
        details.append(next);
      }
    };
    details.addEventListener('toggle', () => details.open && !shown && more());
    details.fill = () => shown || more();
    return details;
  };

  // ---- table ----

  const faded = (text) => make('span', { class: 'fade' }, text);
  const dated = (date) => (date ? minute(date) : faded('–'));
  const COLUMNS = [
    { title: 'Severity', sort: (row) => row.rank, cell: (row) => badge(row.severity) },
    { title: 'Host', sort: (row) => row.host, cell: (row) => hostLink(row.host), heads: true },
    {
      title: 'Certificate',
      sort: (row) => row.certificate_id,
      cell: (row) => [row.certificate_id, row.subject ? make('small', { class: 'fade' }, row.subject) : null],
      name: 'wrap',
    },
    { title: 'Protocol', sort: (row) => row.protocol, cell: (row) => row.protocol ?? faded('none') },
    { title: 'CA profile', sort: (row) => row.ca_profile_name, cell: (row) => row.ca_profile_name ?? faded('–'), name: 'wrap' },
    { title: 'Renews', sort: (row) => row.renews, cell: (row) => dated(row.trigger), name: 'fixed' },
    { title: 'Decided by', sort: (row) => row.rule, cell: (row) => row.rule ?? faded('nothing'), name: 'wrap' },
    { title: 'Expires', sort: (row) => row.end, cell: (row) => dated(row.not_after), name: 'fixed' },
    { title: 'Days left', sort: (row) => row.days_left, cell: (row) => row.days_left ?? faded('–'), name: 'number' },
  ];

  const view = { column: 0, descending: false, page: 0, rows: [] };
  const filters = { text: $('#filter-text'), severity: $('#filter-severity'), protocol: $('#filter-protocol'), ca: $('#filter-ca') };

  const compare = (a, b) => {
    if (a === b) return 0;
    if (a === null || a === undefined) return 1; // what is not known stands last, whichever way it is sorted
    if (b === null || b === undefined) return -1;
    const less = typeof a === 'string' ? a.localeCompare(b, 'en', { numeric: true }) : a - b;
    return view.descending ? -less : less;
  };

  const select = () => {
    const words = filters.text.value.toLowerCase().split(/\s+/).filter(Boolean);
    const { sort } = COLUMNS[view.column];
    const wanted = (row) =>
      (!filters.severity.value || row.severity === filters.severity.value) &&
      (!filters.protocol.value || (row.protocol ?? 'none') === filters.protocol.value) &&
      (!filters.ca.value || (row.ca ?? 'none') === filters.ca.value) &&
      words.every((word) => row.text.includes(word));
    const keyed = rows.filter(wanted).map((row) => [sort(row), row]);
    view.rows = keyed.sort((a, b) => compare(a[0], b[0])).map(([, row]) => row);
    view.page = 0;
    render();
  };

  const rowOf = (row) =>
    make(
      'tr',
      {},
      COLUMNS.map((column) =>
        make(column.heads ? 'th' : 'td', { scope: column.heads ? 'row' : null, class: column.name ?? null }, column.cell(row))
      )
    );

  const render = (from = view.page * PAGE, to = from + PAGE) => {
    const pages = Math.max(1, Math.ceil(view.rows.length / PAGE));
    $('#certificates tbody').replaceChildren(...view.rows.slice(from, to).map(rowOf));
    const cut = view.rows.length > PRINTED && to - from > PAGE ? `The first ${PRINTED.toLocaleString('en')} of ` : '';
    $('#shown').textContent = `${cut}${count(view.rows.length, 'certificate', 'certificates')} of ${rows.length.toLocaleString('en')} shown.`;
    $('#page').textContent = `Page ${view.page + 1} of ${pages}`;
    $('#page-previous').disabled = view.page === 0;
    $('#page-next').disabled = view.page === pages - 1;
    $('.pager').hidden = pages === 1;
    COLUMNS.forEach((column, number) => {
      const direction = view.descending ? 'descending' : 'ascending';
      if (number === view.column) column.head.setAttribute('aria-sort', direction);
      else column.head.removeAttribute('aria-sort');
    });
  };

  const options = (element, values, all) => {
    element.append(make('option', { value: '' }, all), ...values.map(([value, label]) => make('option', { value }, label)));
  };

  const distinct = (name) =>
    [...new Set(rows.map((row) => row[name] ?? 'none'))].sort((a, b) => a.localeCompare(b, 'en')).map((value) => [value, value]);

  const table = () => {
    COLUMNS.forEach((column, number) => {
      const sort = () => {
        view.descending = view.column === number && !view.descending;
        view.column = number;
        select();
      };
      column.head = make('th', { scope: 'col', class: column.name === 'number' ? 'number' : null }, button(column.title, sort));
      $('#certificates thead tr').append(column.head);
    });
    const present = SEVERITIES.filter((severity) => rows.some((row) => row.severity === severity));
    options(filters.severity, present.map((severity) => [severity, WORDS[severity]]), 'All');
    options(filters.protocol, distinct('protocol'), 'All');
    options(filters.ca, distinct('ca'), 'All');
    for (const element of Object.values(filters)) element.addEventListener('input', select);
    $('#filter-clear').addEventListener('click', () => choose({}));
    const turn = (by) => () => {
      view.page += by;
      render();
      $('#certificates .scroll').scrollIntoView({ block: 'start' });
    };
    $('#page-previous').addEventListener('click', turn(-1));
    $('#page-next').addEventListener('click', turn(1));
    select();
  };

  const choose = (values) => {
    for (const [name, element] of Object.entries(filters)) element.value = values[name] ?? '';
    select();
    $('#certificates').scrollIntoView();
  };

  // ---- one host ----

  const dialog = $('#detail');

  const facts = (pairs) =>
    make(
      'dl',
      { class: 'facts' },
      pairs.filter(([, value]) => value !== null && value !== undefined && value !== '').map(([name, value]) => [make('dt', {}, name), make('dd', {}, String(value))])
    );

  const said = (list) =>
    make(
      'ul',
      { class: 'said' },
      list.map((finding) =>
        make(
          'li',
          {},
          set(sign(finding.severity), { role: 'img', 'aria-label': WORDS[finding.severity], 'aria-hidden': 'false' }),
          make('div', {}, make('strong', {}, finding.advice), finding.sentence)
        )
      )
    );

  const left = (days) => {
    if (days === null) return null;
    return days < 0 ? `${count(-days, 'day', 'days')} ago` : `${count(days, 'day', 'days')} left`;
  };

  const certificateOf = (row, own) =>
    make(
      'article',
      {},
      make('h3', {}, row.certificate_id, badge(row.severity)),
      facts([
        ['Renews', row.trigger ? `${minute(row.trigger)} by ${row.rule}` : row.rule],
        ['Expires', row.not_after && [minute(row.not_after), left(row.days_left)].filter(Boolean).join(', ')],
        ['Issued', minute(row.not_before)],
        ['Lifetime', row.lifetime_days !== null ? count(row.lifetime_days, 'day', 'days') : null],
        ['Elapsed by then', row.share_elapsed !== null ? `${row.share_elapsed} %` : null],
        ['Device says', [row.device_status, minute(row.device_trigger)].filter(Boolean).join(', ')],
        ['Protocol', row.protocol ?? 'none'],
        ['CA profile', row.ca_profile_name],
        ['CA', row.ca],
        ['Subject', row.subject],
        ['Issuer', row.issuer],
        ['Serial number', row.serial_number],
        ['Used by', row.used_by.join('; ')],
        ['Nodes', row.nodes.join(', ')],
      ]),
      own.length ? said(own) : null
    );

  const showHost = (name) => {
    const host = hosts.get(name);
    const own = findingsOf.get(name) ?? [];
    const certificates = rowsOf.get(name) ?? [];
    $('#detail-title').textContent = name;
    const about = own.filter((finding) => finding.certificate_id === null);
    $('#detail .body').replaceChildren(
      facts([
        ['Release', host.release ?? 'not known'],
        ['Certificates', certificates.length],
        ['Left out', host.left_out.join('; ')],
      ]),
      ...(about.length ? [said(about)] : []),
      ...certificates.map((row) => certificateOf(row, own.filter((finding) => finding.certificate_id === row.certificate_id)))
    );
    if (!dialog.open) dialog.showModal();
    dialog.scrollTop = 0;
  };

  const openHost = (name) => {
    location.hash = `host=${encodeURIComponent(name)}`;
  };

  // The address names the host, so that a link to it can be sent.
  const follow = () => {
    const name = location.hash.startsWith('#host=') ? decoded(location.hash.slice(6)) : null;
    if (hosts.has(name)) showHost(name);
    else if (dialog.open) dialog.close();
  };

  const decoded = (text) => {
    try {
      return decodeURIComponent(text);
    } catch {
      return null; // not an address that this page wrote
    }
  };

  const detail = () => {
    $('#detail-close').addEventListener('click', () => dialog.close());
    dialog.addEventListener('click', (event) => event.target === dialog && dialog.close());
    dialog.addEventListener('close', () => {
      if (location.hash.startsWith('#host=')) history.replaceState(null, '', ' ');
    });
    addEventListener('hashchange', follow);
    follow();
  };

  // ---- what was left out ----

  const leftOut = () => {
    const box = $('#left-out .gaps');
    const gaps = report.hosts.filter((host) => host.left_out.length);
    if (!gaps.length) box.append(make('p', { class: 'quiet' }, 'Nothing: every host was read, and all that was asked of it.'));
    const item = (host) => make('li', {}, hostLink(host.host), make('span', {}, host.left_out.join('; ')));
    for (const [title, list] of [
      ['Hosts that were not read', gaps.filter((host) => !host.read)],
      ['Parts of hosts that were not read', gaps.filter((host) => host.read)],
    ]) {
      if (!list.length) continue;
      const shown = make('ul', { class: 'cases' }, list.slice(0, CASES).map(item));
      const part = make('div', {}, make('h3', {}, `${title}: ${list.length.toLocaleString('en')}`), shown);
      if (list.length > CASES) {
        const more = button(`Show all ${list.length.toLocaleString('en')}`, () => {
          shown.append(...list.slice(CASES).map(item));
          more.remove();
        }, { class: 'more' });
        part.append(more);
      }
      box.append(part);
    }
  };

  // ---- paper: light, everything open, all rows as far as that is sensible ----

  const print = () => {
    let closed = [];
    addEventListener('beforeprint', () => {
      document.documentElement.classList.add('printing');
      closed = [...document.querySelectorAll('details:not([open])')];
      closed.forEach((details) => {
        details.fill();
        details.open = true;
      });
      render(0, PRINTED);
      repaint();
    });
    addEventListener('afterprint', () => {
      document.documentElement.classList.remove('printing');
      closed.forEach((details) => {
        details.open = false;
      });
      render();
      repaint();
    });
  };

  performance.mark('report-start');
  timeline();
  load();
  findings();
  table();
  leftOut();
  detail();
  print();
  repaint();
  addEventListener('resize', repaint);
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', repaint);
  // Usable is what has been painted.
  requestAnimationFrame(() => setTimeout(() => {
    performance.mark('report-ready');
    document.documentElement.dataset.ready = 'true';
  }));
})();
