// Ties the page together: what the feed says to what is shown.

import { Feed } from './feed.js';
import { count, duration, element, plural, span, time } from './format.js';
import { HeatMap } from './heat-map.js';
import { showLayers } from './layer-table.js';
import { sendToken } from './links.js';
import { showAdvice, showDrift, showExports, showIncomplete, showLedger } from './panels.js';
import { followTheme, theme } from './theme.js';

/** So many windows without a new one, and some time for grace, are more than usual. */
const STALE = { windows: 3, millis: 30_000 };

const byId = (id) => document.getElementById(id);
const heatMap = new HeatMap(byId('heat'), byId('readout'), byId('legend'), byId('heat-summary'));

let answer;
let windows = [];
let clockOffset = 0;
let lostSince = null;
let isRefused = false;
const shown = new Map();

const feed = new Feed({
  answered(latest, known) {
    answer = latest;
    windows = known;
    clockOffset = latest.now - Date.now();
    lostSince = null;
    setRefused(false);
    show();
  },
  lost(why) {
    setRefused(false);
    lostSince ??= Date.now();
    byId('lost').textContent =
      `Connection lost at ${time(lostSince)} (${why}); it is tried again every second.` +
      (windows.length > 0 ? ' What is shown is from the last answer.' : '');
    byId('lost').hidden = false;
    showStatus();
  },
  refused(sent) {
    byId('token-problem').textContent = sent ? 'That token was not accepted.' : '';
    lostSince = null;
    const isNew = !isRefused;
    setRefused(true);
    if (isNew) {
      byId('token').focus();
    }
    showStatus();
  },
});

/** Without a token there is nothing to follow a link to. */
function setRefused(refused) {
  isRefused = refused;
  byId('token-form').hidden = !refused;
  byId('raw').hidden = refused;
  byId('waiting').hidden = refused || answer === undefined || windows.length > 0;
  byId('lost').hidden = lostSince === null;
}

/** Does it only when what it is made from has changed, so that nothing moves under a reader. */
function once(part, data, action) {
  const made = JSON.stringify(data);
  if (shown.get(part) !== made) {
    shown.set(part, made);
    action();
  }
}

function show() {
  const has = windows.length > 0;
  byId('waiting').hidden = has;
  byId('shown').hidden = !has;
  showChoices();
  showStatus();
  byId('kept').textContent =
    `Kept in memory: the last ${answer.windowsKept} windows with tokens, at each site, of ${answer.modelsKept} models.`;
  if (!has) {
    return;
  }
  const last = windows.at(-1);
  const drift = answer.drift;
  const marked = answer.recommendation?.marked ?? [];
  once('window', [last.end, answer.seen], showWindow);
  const advice = answer.recommendation;
  once('advice', advice ?? null, () => showAdvice(advice));
  // Links stay, and keep the focus, while figures come up to date.
  once('exports', [answer.model, advice?.exports], () => showExports(advice, answer.model, feed));
  once('drift', [last.end, drift, answer.learning], () => showDrift(drift, answer.learning, last, answer.now));
  once('table', [answer.model, answer.site, last, marked, drift], () =>
    showLayers(byId('layer-table'), last, answer.layerCount, marked, drift),
  );
  once('ledger', [answer.ledger, answer.dropped], () => showLedger(answer.ledger, answer.dropped));
  once('incomplete', [answer.model, answer.site, windows.map((window) => [window.end, window.incomplete])], () => showIncomplete(windows));
  once('heat', [answer.model, answer.site, last.change, windows.length, marked, drift], showHeat);
}

function showHeat() {
  if (windows.length > 0) {
    heatMap.show({
      windows,
      layerCount: answer.layerCount,
      figure: byId('figure').value,
      name: byId('figure').selectedOptions[0].text,
      compare: byId('compare').value,
      marked: answer.recommendation?.marked ?? [],
      drift: answer.drift,
      theme: theme(),
    });
  }
}

function showWindow() {
  const last = windows.at(-1);
  byId('window').textContent =
    `Window ${count(answer.seen)}, ${span(last)}: ${plural(last.tokens, 'token')} from ` +
    `${plural(answer.instances, 'instance')}, sparsity below ${answer.sparsityThreshold}` +
    (last.incomplete ? `; incomplete: ${last.incomplete}` : '');
}

function showChoices() {
  const sites = answer.models.find((model) => model.key === answer.model)?.sites ?? [];
  fill('model', answer.models.map((model) => model.key), answer.model);
  fill('site', sites, answer.site);
}

function fill(id, options, chosen) {
  const select = byId(id);
  once(id, options, () => select.replaceChildren(...options.map((text) => element('option', { value: text, text }))));
  select.disabled = options.length === 0;
  if (chosen !== undefined && document.activeElement !== select) {
    select.value = chosen;
  }
}

/** How fresh it is, every second, whether or not anything answers. */
function showStatus() {
  const last = windows.at(-1);
  const age = last ? Date.now() + clockOffset - last.end : 0;
  byId('age').textContent = last ? `last window ended ${duration(age)} ago` : '';
  if (isRefused) {
    setStatus('lost', 'Token needed');
  } else if (lostSince !== null) {
    setStatus('lost', 'Connection lost');
  } else if (!answer) {
    setStatus('waiting', 'Connecting …');
  } else if (!last) {
    setStatus('waiting', 'Waiting for the first window');
  } else if (answer.silentEnd > last.end) {
    setStatus('stale', 'No tokens lately');
  } else if (age > STALE.windows * (last.end - last.start) + STALE.millis) {
    setStatus('stale', 'Stale: no window closes');
  } else {
    setStatus('live', 'Live');
  }
}

function setStatus(state, text) {
  byId('status').dataset.state = state;
  if (byId('status-text').textContent !== text) {
    byId('status-text').textContent = text;
  }
}

byId('model').addEventListener('change', (event) => feed.choose({ model: event.target.value, site: byId('site').value }));
byId('site').addEventListener('change', (event) => feed.choose({ model: byId('model').value, site: event.target.value }));
byId('figure').addEventListener('change', showHeat);
byId('compare').addEventListener('change', showHeat);
byId('token-form').addEventListener('submit', (event) => {
  event.preventDefault();
  feed.token = byId('token').value;
});
followTheme(byId('theme'), showHeat);
document.querySelectorAll('#raw a').forEach((link) => sendToken(link, link.dataset.file, feed));
setInterval(showStatus, 1000);
feed.ask();
