// Asks the server, every second, for what is new.

import { recall, remember } from './storage.js';

const EVERY = 1000;
const PATIENCE = 5000;
const KEPT = 'layerwatch.token';

/**
 * What is known of one model at one site: the last answer and its windows, oldest first. Listeners:
 * answered(answer, windows, fresh), lost(why), refused(whether a token was sent).
 */
export class Feed {
  #listeners;
  #choice = {};
  #windows = new Map();
  #since = 0;
  #shown = '';
  #asked = 0;
  #timer;
  #token = recall('sessionStorage', KEPT);
  #refused = false;

  constructor(listeners) {
    this.#listeners = listeners;
    document.addEventListener('visibilitychange', () => this.ask());
  }

  /** Shows another model or site from now on. */
  choose(choice) {
    this.#choice = choice;
    this.#forget();
    this.ask();
  }

  set token(token) {
    this.#token = token;
    this.#refused = false;
    remember('sessionStorage', KEPT, token);
    this.ask();
  }

  get token() {
    return this.#token;
  }

  /** What a request must have with it. */
  get headers() {
    return this.token ? { Authorization: `Bearer ${this.token}` } : {};
  }

  /**
   * Asks now, and again after a while; nobody asks for a tab that nobody sees, nor once more with a
   * token that was refused.
   */
  async ask() {
    clearTimeout(this.#timer);
    const asked = ++this.#asked;
    if (document.hidden || this.#refused) {
      return;
    }
    await this.#ask(() => asked === this.#asked);
    if (asked === this.#asked && !this.#refused) {
      this.#timer = setTimeout(() => this.ask(), EVERY);
    }
  }

  async #ask(isCurrent) {
    try {
      const query = new URLSearchParams({ ...this.#choice, since: this.#since });
      const response = await fetch(`v1/live?${query}`, {
        headers: this.headers,
        cache: 'no-store',
        signal: AbortSignal.timeout(PATIENCE),
      });
      if (!isCurrent()) {
        return;
      }
      if (response.status === 401) {
        this.#refused = true;
        this.#listeners.refused(this.token !== null);
      } else if (response.status === 404 && this.#choice.model) {
        this.choose({});
      } else if (response.ok) {
        const answer = await response.json();
        if (isCurrent()) {
          this.#take(answer);
        }
      } else {
        this.#listeners.lost(`the server answers ${response.status}`);
      }
    } catch (problem) {
      if (isCurrent()) {
        this.#listeners.lost(problem.name === 'TimeoutError' ? 'no answer in time' : 'no answer');
      }
    }
  }

  #take(answer) {
    const shown = JSON.stringify([answer.run, answer.model, answer.site]);
    const other = this.#shown !== shown;
    this.#shown = shown;
    if (other && this.#since > 0) {
      // Changes are counted anew, or of something else: what was left out is wanted, too.
      this.#forget();
      this.ask();
      return;
    }
    if (answer.model) {
      // Whichever model is heard of last, the one that is looked at stays.
      this.#choice = { ...this.#choice, model: answer.model };
    }
    const fresh = answer.windows ?? [];
    for (const window of fresh) {
      this.#windows.set(window.end, window);
      this.#since = Math.max(this.#since, window.change);
    }
    const windows = [...this.#windows.values()].sort((a, b) => a.end - b.end).slice(-answer.windowsKept);
    this.#windows.forEach((window, end) => end < (windows[0]?.end ?? 0) && this.#windows.delete(end));
    this.#listeners.answered(answer, windows, fresh.length > 0);
  }

  #forget() {
    this.#windows = new Map();
    this.#since = 0;
  }
}
