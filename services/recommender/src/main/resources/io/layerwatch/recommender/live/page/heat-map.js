// Layers over time on a canvas, and a cursor that reads its cells.

import { digits, element, span, time, times } from './format.js';
import { changeScale, median, valueScale } from './scale.js';

const GUTTER = 52;
const ABOVE = 12;
const BELOW = 22;
const ALL_ROWS = 400;
const ROW = { least: 5, most: 22 };
const FEWEST_COLUMNS = 40;
const NARROW = { width: 480, columns: 60 };
const DRIFT = { above: 'above its baseline', below: 'below its baseline', other: 'drifts both ways, or is not finite' };

export class HeatMap {
  #root;
  #canvas;
  #readout;
  #legend;
  #summary;
  #data;
  #cursor = null;

  constructor(root, readout, legend, summary) {
    this.#root = root;
    this.#canvas = root.querySelector('canvas');
    this.#readout = readout;
    this.#legend = legend;
    this.#summary = summary;
    root.addEventListener('keydown', (event) => this.#move(event));
    root.addEventListener('pointermove', (event) => this.#point(event));
    root.addEventListener('pointerdown', (event) => this.#point(event));
    new ResizeObserver(() => this.draw()).observe(root);
  }

  /**
   * Shows windows, oldest first.
   *
   * @param data windows, layerCount, figure, name of the figure, compare ("layers" or "time"),
   *     marked layers, drift, theme
   */
  show(data) {
    this.#data = data;
    this.draw();
    this.#summary.textContent = this.#describe();
  }

  draw() {
    if (!this.#data || this.#root.clientWidth === 0) {
      return;
    }
    this.#prepare();
    const { ctx, style } = this.#context();
    for (let column = 0; column < this.#windows.length; column++) {
      this.#drawColumn(ctx, style, column);
    }
    this.#drawLayers(ctx, style);
    this.#drawTimes(ctx, style);
    this.#drawCursor(ctx, style);
    this.#drawLegend();
    this.#read();
  }

  // What every drawing is made from.

  #windows = [];
  #scale;
  #medians;
  #columns;
  #plot;
  #rowHeight;

  #prepare() {
    const { windows, layerCount, figure, compare, theme } = this.#data;
    const width = this.#root.clientWidth;
    const narrow = width < NARROW.width;
    this.#windows = narrow ? windows.slice(-NARROW.columns) : windows;
    this.#columns = Math.max(FEWEST_COLUMNS, this.#windows.length);
    this.#plot = width - GUTTER;
    this.#rowHeight = Math.min(ROW.most, Math.max(ROW.least, Math.floor(ALL_ROWS / layerCount)));
    this.#medians = Array.from({ length: layerCount }, (_, layer) =>
      median(this.#windows.map((window) => window[figure][layer])),
    );
    const shown = this.#windows.flatMap((_, column) => this.#medians.map((_, layer) => this.#shown(column, layer)));
    this.#scale = compare === 'time' ? changeScale(shown, theme) : valueScale(shown, true);
  }

  /** The value of a cell, or its factor to the layer's median; null where there is none. */
  #shown(column, layer) {
    const value = this.#windows[column][this.#data.figure][layer] ?? null;
    if (value === null || this.#data.compare !== 'time') {
      return value;
    }
    return this.#medians[layer] > 0 && value > 0 ? value / this.#medians[layer] : null;
  }

  #context() {
    const ratio = devicePixelRatio || 1;
    const width = this.#root.clientWidth;
    const height = ABOVE + this.#rowHeight * this.#data.layerCount + BELOW;
    this.#canvas.width = Math.round(width * ratio);
    this.#canvas.height = Math.round(height * ratio);
    this.#canvas.style.height = `${height}px`;
    const ctx = this.#canvas.getContext('2d');
    ctx.scale(ratio, ratio);
    const colours = getComputedStyle(this.#root);
    const style = (name) => colours.getPropertyValue(`--${name}`).trim();
    ctx.font = `11px ${style('mono')}`;
    ctx.textBaseline = 'middle';
    return { ctx, style };
  }

  #left(column) {
    return GUTTER + Math.round((column * this.#plot) / this.#columns);
  }

  #top(layer) {
    return ABOVE + layer * this.#rowHeight;
  }

  #drawColumn(ctx, style, column) {
    const window = this.#windows[column];
    const left = this.#left(column);
    const width = this.#left(column + 1) - left;
    const seam = width >= 5 ? 1 : 0;
    const rowSeam = this.#rowHeight >= 8 ? 1 : 0;
    for (let layer = 0; layer < this.#data.layerCount; layer++) {
      const value = this.#shown(column, layer);
      ctx.fillStyle = value === null ? style('nothing') : this.#scale.colour(value);
      ctx.fillRect(left, this.#top(layer), width - seam, this.#rowHeight - rowSeam);
    }
    if (window.incomplete) {
      ctx.fillStyle = style('alert');
      ctx.fillRect(left, ABOVE - 7, Math.max(2, width - seam), 4);
    }
    if (column > 0 && window.start > this.#windows[column - 1].end) {
      ctx.fillStyle = style('text');
      ctx.fillRect(left - 1, ABOVE - 9, 1, this.#rowHeight * this.#data.layerCount + 13);
    }
  }

  #drawLayers(ctx, style) {
    const step = [1, 2, 5, 10, 20, 50].find((each) => each * this.#rowHeight >= 13) ?? 100;
    ctx.textAlign = 'right';
    for (let layer = 0; layer < this.#data.layerCount; layer++) {
      const middle = this.#top(layer) + this.#rowHeight / 2;
      if (layer % step === 0) {
        ctx.fillStyle = style('muted');
        ctx.fillText(String(layer), GUTTER - 22, middle);
      }
      if (this.#data.marked.includes(layer)) {
        ctx.fillStyle = style('warn');
        ctx.fillRect(GUTTER - 7, this.#top(layer), 4, this.#rowHeight - (this.#rowHeight >= 8 ? 1 : 0));
      }
      this.#drawDrift(ctx, style, layer, middle);
    }
  }

  /** A triangle that points where the layer's scores went, a diamond where that is not one way. */
  #drawDrift(ctx, style, layer, middle) {
    const kind = this.#driftOf(layer);
    if (kind === null) {
      return;
    }
    const size = Math.min(4, this.#rowHeight / 2);
    const x = GUTTER - 14;
    const points = {
      above: [[-size, size], [size, size], [0, -size]],
      below: [[-size, -size], [size, -size], [0, size]],
      other: [[-size, 0], [0, -size], [size, 0], [0, size]],
    }[kind];
    ctx.fillStyle = style('alert');
    ctx.beginPath();
    points.forEach(([right, down]) => ctx.lineTo(x + right, middle + down));
    ctx.fill();
  }

  /** "above", "below", "other", or null where it does not drift. */
  #driftOf(layer) {
    const ways = new Set(this.#data.drift.filter((each) => each.layer === layer).map((each) => each.direction));
    if (ways.size === 0) {
      return null;
    }
    return ways.size === 1 ? ([...ways][0] ?? 'other') : 'other';
  }

  #drawTimes(ctx, style) {
    const y = this.#top(this.#data.layerCount) + 13;
    ctx.fillStyle = style('muted');
    let free = 0;
    this.#windows.forEach((window, column) => {
      const text = time(window.start);
      const left = this.#left(column);
      const room = ctx.measureText(text).width;
      if (left >= free && left + room <= GUTTER + this.#plot) {
        ctx.textAlign = 'left';
        ctx.fillText(text, left, y);
        ctx.fillRect(left, y - 11, 1, 4);
        free = left + room + 60;
      }
    });
  }

  #drawLegend() {
    const { name, compare } = this.#data;
    const scale = this.#scale;
    const show = (value) => (compare === 'time' ? times(value) : digits(value, 2));
    const ramp = element('span', { class: 'ramp' });
    ramp.style.backgroundImage = `linear-gradient(to right, ${scale.stops.join(', ')})`;
    const key = (kind, text) => element('span', { class: 'key' }, element('i', { class: kind }), text);
    const scaled = compare === 'time' ? `${name} ÷ its median` : name + (scale.logarithmic ? ', log scale' : '');
    const parts = [element('span', { class: 'key' }, show(scale.smallest), ramp, (scale.cut ? '≥ ' : '') + show(scale.largest), ` ${scaled}`)];
    if (this.#data.marked.length > 0) {
      parts.push(key('marked', 'advised to go'));
    }
    const drifting = new Set(this.#data.drift.map((each) => this.#driftOf(each.layer)));
    for (const [kind, text] of Object.entries(DRIFT)) {
      if (drifting.has(kind)) {
        parts.push(key(`drifting ${kind}`, text));
      }
    }
    if (this.#windows.some((window) => window.incomplete)) {
      parts.push(key('lacking', 'incomplete window'));
    }
    if (this.#windows.some((window, i) => i > 0 && window.start > this.#windows[i - 1].end)) {
      parts.push(key('gap', 'time without windows'));
    }
    parts.push(key('nothing', 'not defined'));
    this.#legend.replaceChildren(...parts);
  }

  /** The picture in a sentence. */
  #describe() {
    const { layerCount, name, compare } = this.#data;
    const known = this.#medians.map((value, layer) => ({ value, layer })).filter((each) => each.value !== null);
    const windows = this.#windows.length;
    const over = `Over ${windows} ${windows === 1 ? 'window' : 'windows'}`;
    if (known.length === 0) {
      return `${over} no layer has a defined ${name}.`;
    }
    if (compare === 'time') {
      const last = windows - 1;
      const changed = known
        .map(({ layer }) => ({ layer, factor: this.#shown(last, layer) }))
        .filter(({ factor }) => factor !== null)
        .sort((a, b) => Math.abs(Math.log(b.factor)) - Math.abs(Math.log(a.factor)));
      return changed.length === 0
        ? `${over} nothing can be compared.`
        : `In the last window layer ${changed[0].layer} is farthest from its median over ${windows}: ${times(changed[0].factor)}.`;
    }
    known.sort((a, b) => b.value - a.value);
    const lowest = known.slice(-Math.min(3, layerCount - 1)).reverse();
    return (
      `${over} layer ${known[0].layer} has the highest median of ${name}, ${digits(known[0].value, 2)}` +
      (lowest.length > 0 ? `; lowest are ${lowest.map(({ layer, value }) => `${layer} (${digits(value, 2)})`).join(', ')}.` : '.')
    );
  }

  // The cursor: a layer, and a window by its end, so that it stays where it is as time goes on.

  #column() {
    return this.#windows.findIndex((window) => window.end === this.#cursor?.end);
  }

  #move(event) {
    const steps = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
    const last = this.#windows.length - 1;
    if (!this.#data || last < 0 || event.ctrlKey || event.altKey || event.metaKey) {
      return;
    }
    const column = this.#column() < 0 ? last : this.#column();
    const layer = this.#cursor?.layer ?? 0;
    if (event.key === 'Escape') {
      this.#cursor = null;
    } else if (event.key === 'Home' || event.key === 'End') {
      this.#put(event.key === 'Home' ? 0 : last, layer);
    } else if (event.key in steps) {
      const [across, down] = this.#cursor ? steps[event.key] : [0, 0];
      this.#put(column + across, layer + down);
    } else {
      return;
    }
    event.preventDefault();
    this.draw();
  }

  #point(event) {
    if (!this.#data) {
      return;
    }
    const box = this.#canvas.getBoundingClientRect();
    const column = Math.floor(((event.clientX - box.left - GUTTER) * this.#columns) / this.#plot);
    const layer = Math.floor((event.clientY - box.top - ABOVE) / this.#rowHeight);
    if (column >= 0 && column < this.#windows.length && layer >= 0 && layer < this.#data.layerCount) {
      this.#put(column, layer);
      this.draw();
    }
  }

  #put(column, layer) {
    const window = this.#windows[Math.min(this.#windows.length - 1, Math.max(0, column))];
    this.#cursor = { end: window.end, layer: Math.min(this.#data.layerCount - 1, Math.max(0, layer)) };
  }

  #drawCursor(ctx, style) {
    const column = this.#column();
    if (column < 0) {
      return;
    }
    const left = this.#left(column);
    const top = this.#top(this.#cursor.layer);
    const width = this.#left(column + 1) - left;
    ctx.lineWidth = 3;
    ctx.strokeStyle = style('surface');
    ctx.strokeRect(left - 1.5, top - 1.5, width + 2, this.#rowHeight + 2);
    ctx.lineWidth = 1.5;
    ctx.strokeStyle = style('text');
    ctx.strokeRect(left - 1.5, top - 1.5, width + 2, this.#rowHeight + 2);
  }

  #read() {
    const column = this.#column();
    if (column < 0) {
      return;
    }
    const { figure, name } = this.#data;
    const { layer } = this.#cursor;
    const window = this.#windows[column];
    const value = window[figure][layer] ?? null;
    const usual = this.#medians[layer];
    const text =
      `Layer ${layer}, ${span(window)}: ${name} ` +
      (value === null ? 'not defined' : digits(value)) +
      (value > 0 && usual > 0 ? `, ${times(value / usual)} its median` : '') +
      (window.incomplete ? ` (incomplete: ${window.incomplete})` : '');
    if (this.#readout.textContent !== text) {
      this.#readout.textContent = text;
    }
  }
}
