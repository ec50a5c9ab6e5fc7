import { problemOf } from './tokens.js';

/** The form that pushes: what it sends, what the server answers, and the same as a `curl`. */
export class PushForm {
  #form;
  #answer;
  #curl;
  #token;
  #shownToken = '$TOKEN';

  /**
   * @param {HTMLFormElement} form with `to`, `text` and `ttl`
   * @param {HTMLOutputElement} answer
   * @param {HTMLElement} curl
   * @param {() => Promise<string>} token with the scope `push`, asked at each push
   */
  constructor({ form, answer, curl, token }) {
    this.#form = form;
    this.#answer = answer;
    this.#curl = curl;
    this.#token = token;
    form.addEventListener('submit', event => {
      event.preventDefault();
      this.#push();
    });
    form.addEventListener('input', () => this.#showCurl());
    form.elements.text.addEventListener('keydown', event => {
      if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) {
        event.preventDefault();
        form.requestSubmit();
      }
    });
    this.#showCurl();
  }

  /** Whom it pushes to, until somebody writes another name. */
  addressTo(user) {
    this.#form.elements.to.value = user;
    this.#showCurl();
  }

  /** Has the `curl` carry a token that works. */
  async renewToken() {
    try {
      this.#shownToken = await this.#token();
    } catch {
      this.#shownToken = '$TOKEN';
    }
    this.#showCurl();
  }

  async #push() {
    const button = this.#form.querySelector('button');
    if (button.getAttribute('aria-disabled') === 'true') {
      return;
    }
    button.setAttribute('aria-disabled', 'true'); // `disabled` would lose the focus
    try {
      const token = (this.#shownToken = await this.#token());
      const { url, headers, body } = this.#request(token);
      const response = await fetch(url, { method: 'POST', headers, body });
      this.#say(response.ok, response.ok ? await successOf(response) : [['', await problemOf(response)]]);
    } catch (error) {
      const sentence = error instanceof TypeError ? 'The server cannot be reached.' : error.message;
      this.#say(false, [['', sentence]]);
    } finally {
      button.removeAttribute('aria-disabled');
      this.#showCurl();
    }
  }

  #request(token) {
    const { to, text, ttl } = this.#form.elements;
    const headers = { Authorization: `Bearer ${token}`, 'Content-Type': typeOf(text.value) };
    if (ttl.value !== '') {
      headers.TTL = ttl.value;
    }
    const url = new URL(`user/${encodeURIComponent(to.value)}/queue/notifications`, document.baseURI);
    return { url: url.href, headers, body: text.value };
  }

  #showCurl() {
    const { url, headers, body } = this.#request(this.#shownToken);
    const options = Object.entries(headers).map(([name, value]) => `-H ${quote(`${name}: ${value}`)}`);
    this.#curl.textContent = ['curl ' + quote(url), ...options, '--data-raw ' + quote(body)].join(' \\\n  ');
  }

  #say(isGood, lines) {
    const list = document.createElement('dl');
    for (const [name, value] of lines) {
      const line = document.createElement('div');
      line.append(text('dt', name), text('dd', value));
      list.append(line);
    }
    list.className = isGood ? 'good' : 'bad';
    this.#answer.replaceChildren(list);
  }
}

async function successOf(response) {
  const { id, offset, online } = await response.json();
  return [
    ['status', `${response.status} ${{ 200: 'OK', 201: 'Created', 202: 'Accepted' }[response.status] ?? ''}`],
    ['offset', offset ?? 'none, it is not kept'],
    ['online', online ? 'yes' : offset === null ? 'no' : 'no, it waits'],
    ['id', id],
  ];
}

// What `curl` without a content type would be taken for, too.
function typeOf(body) {
  try {
    const value = JSON.parse(body);
    return typeof value === 'object' && value !== null ? 'application/json' : 'text/plain; charset=utf-8';
  } catch {
    return 'text/plain; charset=utf-8';
  }
}

function quote(word) {
  return word.startsWith('Authorization: Bearer $') ? `"${word}"` : `'${word.replaceAll("'", `'\\''`)}'`;
}

function text(name, content) {
  const node = document.createElement(name);
  node.textContent = content;
  return node;
}
