// The layers of one window, a row each.

import { digits, element, fixed, span, spoken, times } from './format.js';
import { valueScale } from './scale.js';

const COLUMNS = ['layer', 'normalised AVSS', 'AVSS', 'variance', 'sparsity', 'influence', 'drift'];
const SMALLEST_BAR = 0.08;

/** Replaces what is in the place; drift is what holds at this site, by the layer it is of. */
export function showLayers(place, window, layerCount, marked, drift) {
  const scale = valueScale(window.normalizedAvss);
  const rows = [];
  for (let layer = 0; layer < layerCount; layer++) {
    rows.push(row(window, layer, scale, marked.includes(layer), drift.filter((each) => each.layer === layer)));
  }
  const caption = element('caption', { text: `Every layer from ${span(window)}${scale.logarithmic ? '; bars on a logarithmic scale' : ''}` });
  const heads = COLUMNS.map((text) => element('th', { scope: 'col', text }));
  const table = element('table', { class: 'layers' }, caption, element('thead', {}, element('tr', {}, ...heads)), element('tbody', {}, ...rows));
  place.replaceChildren(table);
}

function row(window, layer, scale, isMarked, drift) {
  const head = element('th', { scope: 'row' }, String(layer));
  if (isMarked) {
    head.prepend(element('span', { class: 'cut', 'aria-hidden': 'true', text: '✂' }));
    head.append(spoken(' advised to go'));
  }
  const cells = [
    head,
    bar(window.normalizedAvss[layer], scale),
    element('td', { text: digits(window.avss[layer]) }),
    element('td', { text: digits(window.variance[layer]) }),
    element('td', { text: fixed(window.sparsity[layer], 5) }),
    element('td', { text: fixed(window.blockInfluence[layer], 4) }),
    driftCell(window, drift),
  ];
  return element('tr', isMarked ? { class: 'marked' } : {}, ...cells);
}

function bar(value, scale) {
  const drawn = element('span', { class: 'bar', 'aria-hidden': 'true' });
  const share = value > 0 ? SMALLEST_BAR + (1 - SMALLEST_BAR) * (scale.logarithmic ? scale.share(value) : value / scale.largest) : 0;
  drawn.style.setProperty('--share', share);
  return element('td', { class: 'score' }, drawn, element('span', { text: digits(value, 2) }));
}

/** Where a score went; a count of activations that are no numbers goes nowhere. */
const DIRECTIONS = {
  above: { sign: '▲', words: 'above its baseline' },
  below: { sign: '▼', words: 'below its baseline' },
  null: { sign: '◆', words: 'drifts' },
};

function driftCell(window, drift) {
  const cell = element('td', { class: 'drift' });
  for (const each of drift) {
    const factor = factorNow(window, each);
    const { sign, words } = DIRECTIONS[each.direction];
    cell.append(
      element('span', { 'aria-hidden': 'true', text: `${sign} ` }),
      spoken(`${words}: `),
      element('span', { text: `${scoreName(each.score)} ${factor === null ? '' : times(factor)} ` }),
    );
  }
  return cell;
}

const FIGURES = { avss: 'avss', 'block-influence': 'blockInfluence' };

export const scoreName = (score) => (score === 'avss' ? 'AVSS' : score.replaceAll('-', ' '));

/** How many times its baseline a score is in that window; null where it is not known. */
export function factorNow(window, drift) {
  const value = window[FIGURES[drift.score]]?.[drift.layer] ?? null;
  return value !== null && drift.baseline > 0 ? value / drift.baseline : null;
}
