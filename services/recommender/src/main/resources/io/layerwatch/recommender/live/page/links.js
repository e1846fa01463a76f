// Links to what the server may ask a token for: a link itself cannot send one.

import { element } from './format.js';

/** How long a file that was fetched is there for the browser to save. */
const SAVED_WITHIN = 60_000;

/** Makes a link save its file under that name, by a request with the token, where there is one. */
export function sendToken(link, name, feed) {
  link.addEventListener('click', (event) => {
    if (feed.token) {
      event.preventDefault();
      save(link.href, name, feed);
    }
  });
}

async function save(href, name, feed) {
  const problem = document.getElementById('file-problem');
  try {
    const response = await fetch(href, { headers: feed.headers });
    problem.hidden = response.ok;
    if (response.ok) {
      const link = element('a', { download: name });
      link.href = URL.createObjectURL(await response.blob());
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), SAVED_WITHIN);
    } else {
      problem.textContent = `${name} was not saved: the server answers ${response.status}.`;
    }
  } catch {
    problem.textContent = `${name} was not saved: no answer.`;
    problem.hidden = false;
  }
}
