// Words and figures. Whatever the server says becomes text, never markup.

/** An element; a property "text" is its text, "data-…", "aria-…" and the like are attributes. */
export function element(tag, properties = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name === 'text') {
      made.textContent = value;
    } else {
      made.setAttribute(name, value);
    }
  }
  made.append(...children);
  return made;
}

/** What only those hear who do not see the page. */
export const spoken = (text) => element('span', { class: 'spoken', text });

export const count = (number) => number.toLocaleString('en');

/** So many digits that count, and an exponent where there would be many zeros. */
export function digits(value, wanted = 4) {
  if (value === null || value === undefined) {
    return '–';
  }
  const exponent = value === 0 ? 0 : Math.floor(Math.log10(Math.abs(value)));
  return exponent < -3 || exponent >= Math.max(3, wanted)
    ? value.toExponential(wanted - 1).replace('e+', 'e')
    : value.toPrecision(wanted);
}

export const fixed = (value, places) => (value === null ? '–' : value.toFixed(places));

export const times = (factor) => `${digits(factor, 3)} ×`;

const clock = new Intl.DateTimeFormat('en-GB', { timeStyle: 'medium' });

export const time = (millis) => clock.format(new Date(millis));

export const span = (window) => `${time(window.start)}–${time(window.end)}`;

/** How long something takes, such as "4 min". */
export function duration(millis) {
  const seconds = Math.max(0, Math.round(millis / 1000));
  if (seconds < 120) {
    return `${seconds} s`;
  }
  const minutes = Math.round(seconds / 60);
  return minutes < 120 ? `${minutes} min` : `${Math.round(minutes / 60)} h`;
}

/** Layers as every view writes them, such as "[0, 3, 4]". */
export const list = (layers) => `[${layers.join(', ')}]`;

export const plural = (number, one, many = `${one}s`) =>
  `${count(number)} ${number === 1 ? one : many}`;
