// What the browser keeps for the page. Where it keeps nothing, the page does without.

const inArea = (area, action) => {
  try {
    return action(window[area]);
  } catch {
    return null;
  }
};

/** area is "localStorage" or "sessionStorage". */
export const recall = (area, key) => inArea(area, (kept) => kept.getItem(key));

export const remember = (area, key, value) => inArea(area, (kept) => kept.setItem(key, value));
