// Advice, drift, tokens and incomplete windows, in words.

import { count, digits, duration, element, list, plural, span, time } from './format.js';
import { factorNow, scoreName } from './layer-table.js';
import { sendToken } from './links.js';

const MOST_INCOMPLETE = 6;

const byId = (id) => document.getElementById(id);

/** Where advice stands. */
export function showAdvice(advice) {
  const card = byId('advice');
  card.dataset.status = advice?.status ?? 'none';
  const text = advice?.text ?? 'No recommendation yet.';
  const colon = advice ? text.indexOf(':') : 0;
  byId('advice-text').replaceChildren(element('strong', { text: text.slice(0, colon) }), text.slice(colon));
  byId('measured').replaceChildren(...(advice?.measured ? [retention(advice.measured)] : []));
  byId('evidence').replaceChildren(
    ...(advice?.lines ?? []).map((line) =>
      element('li', { class: line.startsWith(' ') ? 'part' : '', text: line.trim() }),
    ),
  );
}

/** The files of a recommendation; feed says how to fetch what a token protects. */
export function showExports(advice, model, feed) {
  byId('exports').replaceChildren(...(advice ? [exportLinks(advice, model, feed)] : []));
}

/** What every attempt retained, with its margin, on one scale beside the gate. */
function retention({ gate, attempts }) {
  const reach = attempts.flatMap(({ share, margin }) => [share - (margin ?? 0), share + (margin ?? 0)]);
  const least = Math.max(0, Math.min(gate, ...reach) - 0.05);
  const most = Math.max(1, ...reach) + 0.03;
  const place = (share) => `${(100 * (share - least)) / (most - least)}%`;
  const rows = attempts.map(({ layers, dataset, share, margin, words, reaches }) => {
    const track = element('span', { class: 'track', 'aria-hidden': 'true' });
    const mark = (kind, left, width) => {
      const made = element('i', { class: kind });
      made.style.left = left;
      made.style.width = width;
      track.append(made);
    };
    mark('gate', place(gate), '1px');
    if (margin !== null) {
      mark('reach', place(share - margin), `${(200 * margin) / (most - least)}%`);
    }
    mark('share', place(share), '');
    return element(
      'li',
      { class: reaches ? 'passed' : 'failed' },
      element('span', { class: 'what', text: `without ${list(layers)} on ${dataset.split(' ')[0]}` }),
      element('span', { class: 'figure', text: `${words} ${reaches ? 'passed' : 'not enough'}` }),
      track,
    );
  });
  return element(
    'div',
    { class: 'retention' },
    element('h3', { text: `Next-token accuracy retained, ± two standard errors; ${(100 * gate).toFixed(0)} % is asked for` }),
    element('ul', {}, ...rows),
  );
}

function exportLinks(advice, model, feed) {
  const record = `v1/recommendations/${encodeURIComponent(model)}`;
  const links = [
    ['the record', record, `${model.replaceAll('/', '-')}.json`],
    ...advice.exports.map((name) => [name, `${record}/${name}`, name]),
  ];
  const items = links.map(([text, href, file]) => {
    const link = element('a', { href, text });
    sendToken(link, file, feed);
    return element('li', {}, link);
  });
  return element('ul', { class: 'links', 'aria-label': 'Files of this recommendation' }, ...items);
}

/**
 * What has left its baseline.
 *
 * @param learning scores whose baseline is still gathered, null where no scorer here says
 */
export function showDrift(drift, learning, window, at) {
  byId('drift').dataset.status = drift.length > 0 ? 'raised' : 'none';
  const scores = [...new Set(drift.map((each) => each.score))];
  byId('drift-text').textContent =
    drift.length === 0
      ? noDrift(learning)
      : `${scores
          .map((score) => `${scoreName(score)} of ${layersOf(drift, score)}`)
          .join(' and ')} left its baseline.${learning > 0 ? ` ${stillLearning(learning)}` : ''}`;
  const rows = drift.map((each) => [
    scoreName(each.score),
    String(each.layer),
    each.since === null ? 'longer than drift is kept' : `${time(each.since)} (${duration(at - each.since)})`,
    each.baseline > 0 ? digits(each.value / each.baseline, 3) : (each.reason ?? '–'),
    digits(factorNow(window, each), 3),
  ]);
  byId('drift-table').hidden = rows.length === 0;
  byId('drift-table').replaceChildren(
    table('Factor of each score to its baseline', ['score', 'layer', 'since', '× then', '× now'], rows),
  );
}

/** Silence means little before there is a baseline, or where the scorer is elsewhere. */
function noDrift(learning) {
  if (learning === null) {
    return 'No drift was reported at this site.';
  }
  return learning > 0 ? stillLearning(learning) : 'No layer has left its baseline at this site.';
}

const stillLearning = (learning) => `Still learning what is usual: ${plural(learning, 'score')}.`;

function layersOf(drift, score) {
  const layers = drift.filter((each) => each.score === score).map((each) => each.layer);
  return layers.length === 1 ? `layer ${layers[0]}` : `layers ${list(layers)}`;
}

function table(caption, heads, rows) {
  return element(
    'table',
    {},
    element('caption', { class: 'spoken', text: caption }),
    element('thead', {}, element('tr', {}, ...heads.map((text) => element('th', { scope: 'col', text })))),
    element('tbody', {}, ...rows.map((row) => element('tr', {}, ...row.map((text) => element('td', { text }))))),
  );
}

const ENTRIES = [
  ['claimed', 'seen by the instances'],
  ['scored', 'in closed windows'],
  ['waiting', 'in windows still open'],
  ['late', 'came after their window'],
  ['missing', 'never arrived'],
  ['duplicate', 'came twice, counted once'],
];

/** A reason for which instances here publish nothing on purpose. */
const WITHHELD = 'too_few_tokens';

/** The scorer's ledger, and what instances here gave up. */
export function showLedger(ledger, dropped) {
  const known = ENTRIES.filter(([entry]) => entry in ledger);
  if (known.length === 0) {
    const where = element('p', { class: 'muted' }, 'No scorer runs in this process. Its ledger is on its own /metrics, as ');
    where.append(element('code', { text: 'layerwatch_scorer_ledger_layer_tokens' }), '.');
    byId('ledger').replaceChildren(where);
    return;
  }
  const rows = known.map(([entry, what]) => [entry, ledger[entry], what]);
  const reasons = Object.entries(dropped);
  if (reasons.length > 0) {
    const sum = (wanted) =>
      reasons.filter(([reason]) => (reason === WITHHELD) === wanted).reduce((all, [, tokens]) => all + tokens, 0);
    rows.push(['dropped', sum(false), 'given up before they were sent']);
    rows.push(['withheld', sum(true), 'too few at a time to be told']);
  }
  const list = element('dl', {});
  for (const [entry, tokens, what] of rows) {
    const lost = ['late', 'missing', 'dropped'].includes(entry) && tokens > 0;
    list.append(
      element('div', lost ? { class: 'lost' } : {}, element('dt', { text: entry }), element('dd', {}, element('b', { text: count(tokens) }), ` ${what}`)),
    );
  }
  byId('ledger').replaceChildren(element('p', { class: 'muted', text: 'Layer tokens: one token of one layer at one site.' }), list);
}

export function showIncomplete(windows) {
  const lacking = windows.filter((window) => window.incomplete);
  const text =
    lacking.length === 0
      ? `None of the last ${plural(windows.length, 'window')}.`
      : `${count(lacking.length)} of the last ${plural(windows.length, 'window')}; they are no evidence.`;
  const rows = lacking
    .slice(-MOST_INCOMPLETE)
    .reverse()
    .map((window) => element('li', {}, element('b', { text: span(window) }), ` ${window.incomplete}`));
  byId('incomplete').replaceChildren(element('p', { text }), ...(rows.length > 0 ? [element('ul', {}, ...rows)] : []));
}
