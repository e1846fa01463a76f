// Light or dark: as the system has it, until somebody says otherwise.

import { recall, remember } from './storage.js';

const KEPT = 'layerwatch.theme';
const system = matchMedia('(prefers-color-scheme: dark)');

export const theme = () =>
  document.documentElement.dataset.theme ?? (system.matches ? 'dark' : 'light');

/** Makes the button turn the theme; tells of every change, also of the system's. */
export function followTheme(button, changed) {
  const show = () => {
    button.setAttribute('aria-pressed', String(theme() === 'dark'));
    changed();
  };
  const kept = recall('localStorage', KEPT);
  if (kept === 'light' || kept === 'dark') {
    document.documentElement.dataset.theme = kept;
  }
  button.addEventListener('click', () => {
    document.documentElement.dataset.theme = theme() === 'dark' ? 'light' : 'dark';
    remember('localStorage', KEPT, theme());
    show();
  });
  system.addEventListener('change', show);
  show();
}
