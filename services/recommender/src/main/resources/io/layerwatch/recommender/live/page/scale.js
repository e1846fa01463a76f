// From figures to colours that are ordered for every eye.

// Viridis (Smith and van der Walt), at eight even steps.
const VIRIDIS = ['#440154', '#46327e', '#365c8d', '#277f8e', '#1fa187', '#4ac16d', '#a0da39', '#fde725'];
const CHANGE = {
  light: ['#0b4f8a', '#5a97c9', '#e9edf0', '#dd8f4c', '#8f3f00'],
  dark: ['#9fd0f5', '#3f78a8', '#262d33', '#a8612a', '#ffb878'],
};

/** Where the largest is so many times the smallest, steps are those of the logarithm. */
const DWARFS = 20;

/** A change by less than this is shown faintly, however quiet everything else is. */
const LEAST_CHANGE = 1.15;

const channels = (hex) => [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16));

function mixed(stops, share) {
  const position = Math.min(1, Math.max(0, share)) * (stops.length - 1);
  const index = Math.min(stops.length - 2, Math.floor(position));
  const [from, to] = [channels(stops[index]), channels(stops[index + 1])];
  const parts = from.map((part, i) => Math.round(part + (to[i] - part) * (position - index)));
  return `rgb(${parts.join(' ')})`;
}

/**
 * Values beside each other; those that are not above 0 have no place on a logarithmic scale. Where
 * few dwarf all others, these are cut off: the colours are for what lies below.
 */
export function valueScale(values, mayCut = false) {
  const known = values.filter((value) => value !== null);
  const positive = known.filter((value) => value > 0);
  const top = known.reduce((a, b) => Math.max(a, b), 0);
  const usual = quantile(known, 0.9);
  const cut = mayCut && usual > 0 && top > DWARFS * usual;
  const largest = cut ? usual : top;
  const least = positive.reduce((a, b) => Math.min(a, b), Infinity);
  const logarithmic = largest > DWARFS * least;
  const smallest = logarithmic ? least : known.reduce((a, b) => Math.min(a, b), largest);
  const share = (value) => {
    if (!(largest > smallest)) {
      return 0.5;
    }
    return logarithmic
      ? Math.log(Math.max(value, smallest) / smallest) / Math.log(largest / smallest)
      : (value - smallest) / (largest - smallest);
  };
  return { smallest, largest, cut, logarithmic, share, colour: (value) => mixed(VIRIDIS, share(value)), stops: VIRIDIS };
}

/** Factors around 1, as far up as down. */
export function changeScale(factors, theme) {
  const reach = factors
    .filter((factor) => factor > 0)
    .reduce((most, factor) => Math.max(most, Math.abs(Math.log(factor))), Math.log(LEAST_CHANGE));
  const share = (factor) => 0.5 + Math.log(factor) / (2 * reach);
  return {
    smallest: Math.exp(-reach),
    largest: Math.exp(reach),
    logarithmic: true,
    share,
    colour: (factor) => mixed(CHANGE[theme], share(factor)),
    stops: CHANGE[theme],
  };
}

const quantile = (values, share) => [...values].sort((a, b) => a - b)[Math.floor(share * values.length)] ?? 0;

export function median(values) {
  const sorted = values.filter((value) => value !== null).sort((a, b) => a - b);
  if (sorted.length === 0) {
    return null;
  }
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
