import { Belfry } from '../../belfry.js';
import { render, summarize } from './body.js';
import { problemOf } from '../tokens.js';

const DESTINATION = '/user/queue/notifications';
const DEVICE_KEY = 'belfry.demo.device';
const MAX_SHOWN = 200;
const LOOK_EVERY = 1_000;
const STATES = { connecting: 'Connecting', connected: 'Online', waiting: 'Waiting', closed: 'Offline' };

/**
 * One person at one device: what has come, and how far that is from what was pushed.
 *
 * Events: `change`; `arrival`, with what it says; `renamed`.
 */
export class Person extends EventTarget {
  element;
  #template;
  #tokens;
  #device;
  #name = '';
  #belfry = null;
  #last = null;
  #cursor = null;
  #unread = 0;
  #look = 0;

  /**
   * @param {object} parts
   * @param {HTMLTemplateElement} parts.template of a person
   * @param {HTMLTemplateElement} parts.message of one message
   * @param {import('../tokens.js').Tokens} parts.tokens
   * @param {string} parts.suffix of the device: the same person twice in one window has two of them
   */
  constructor({ template, message, tokens, suffix }) {
    super();
    this.element = template.content.firstElementChild.cloneNode(true);
    this.#template = message;
    this.#tokens = tokens;
    this.#device = deviceId() + suffix;
    this.#part('.who').addEventListener('change', ({ target }) => target.reportValidity() && this.become(target.value));
    this.#part('.switch').addEventListener('click', () => (this.#belfry ? this.#goOff() : this.#goOn()));
    this.#part('.push').addEventListener('submit', event => {
      event.preventDefault();
      this.#push();
    });
  }

  get name() {
    return this.#name;
  }

  /** How many wait for this device. */
  get unread() {
    return this.#unread;
  }

  /** Shows this person from now on. */
  become(name) {
    const previous = this.#belfry;
    this.#belfry = null;
    previous?.close();
    this.#name = name;
    this.#last = this.#cursor = null;
    this.#unread = 0;
    this.element.dataset.user = name;
    this.element.setAttribute('aria-label', name);
    this.#part('.who').value = name;
    this.#part('.messages').replaceChildren();
    this.#part('.empty').hidden = false;
    this.#part('.answer').textContent = '';
    this.dispatchEvent(new Event('renamed'));
    this.#goOn();
  }

  #goOn() {
    clearInterval(this.#look);
    const name = this.#name;
    const belfry = new Belfry({ url: 'ws', device: this.#device, token: this.#tokens.source(name) });
    this.#belfry = belfry;
    const isOver = () => belfry !== this.#belfry;
    belfry.addEventListener('state', ({ detail }) => {
      if (!isOver() && detail.state === 'closed') {
        this.#goOff(); // an operator's word, or a token that was refused
        this.#part('.answer').textContent = detail.reason ?? '';
      } else if (!isOver()) {
        this.#showState(detail);
      }
    });
    belfry.addEventListener('gap', ({ detail }) => isOver() || this.#showGap(detail.after));
    belfry.subscribe(DESTINATION, message => isOver() || this.#receive(message));
    this.#part('.switch').setAttribute('aria-checked', 'true');
    this.#lookAround();
  }

  #goOff() {
    const belfry = this.#belfry;
    this.#belfry = null;
    belfry.close();
    this.#part('.switch').setAttribute('aria-checked', 'false');
    this.#showState({ state: 'closed' });
    this.#look = setInterval(() => this.#lookAround(), LOOK_EVERY);
  }

  #receive(message) {
    const { offset } = message;
    if (offset !== null) {
      this.#last = Math.max(this.#last ?? 0, offset);
      this.#cursor = Math.max(this.#cursor ?? 0, offset);
      this.#unread = Math.max(0, this.#unread - 1);
    }
    this.#show(message);
    this.dispatchEvent(new CustomEvent('arrival', { detail: summarize(message.body) }));
    this.#showFacts();
  }

  #show(message) {
    const element = this.#template.content.firstElementChild.cloneNode(true);
    const part = name => element.querySelector(name);
    const time = new Date(message.timestamp);
    element.dataset.offset = message.offset ?? '';
    part('time').dateTime = time.toISOString();
    part('time').textContent = time.toLocaleTimeString();
    part('.offset').textContent = message.offset ?? '';
    part('.again').hidden = !message.redelivered;
    part('.live').hidden = message.offset !== null;
    part('.body').append(render(message));
    const list = this.#part('.messages');
    list.prepend(element);
    while (list.childElementCount > MAX_SHOWN) {
      list.lastElementChild.remove();
    }
    this.#part('.empty').hidden = true;
  }

  #showGap(after) {
    const line = document.createElement('li');
    line.className = 'gap';
    line.textContent = `Older messages after ${after} were dropped: the log was full.`;
    this.#part('.messages').prepend(line);
  }

  // As an operator sees it, where the page may: what is in the log, and how far this device is.
  async #lookAround() {
    const name = this.#name;
    const belfry = this.#belfry;
    const token = await this.#tokens.of(name, 'admin').catch(() => '');
    const answer = await this.#fetch(`?after=${this.#cursor ?? 0}&limit=1000`, token).catch(() => null);
    if (!answer?.ok) {
      return;
    }
    const { entries, cursors } = await answer.json();
    if (name !== this.#name || belfry !== this.#belfry) {
      return;
    }
    // A device that was never here starts where the furthest of its user's devices is.
    const known = cursors[this.#device] ?? Math.max(0, ...Object.values(cursors));
    this.#last = Math.max(this.#last ?? 0, ...entries.map(entry => entry.offset)) || null;
    this.#cursor = Math.max(this.#cursor ?? 0, known) || null;
    this.#unread = entries.filter(entry => entry.offset > (this.#cursor ?? 0)).length;
    this.#showFacts();
  }

  async #push() {
    const button = this.#part('.push button');
    if (button.getAttribute('aria-disabled') === 'true') {
      return;
    }
    button.setAttribute('aria-disabled', 'true'); // `disabled` would lose the focus
    try {
      const token = await this.#tokens.of(this.#name, 'push');
      const answer = await this.#fetch('', token, { method: 'POST', body: this.#part('.text').value });
      await this.#showAnswer(answer);
    } catch (error) {
      this.#part('.answer').textContent = error instanceof TypeError ? 'The server cannot be reached.' : error.message;
    } finally {
      button.removeAttribute('aria-disabled');
    }
  }

  async #showAnswer(answer) {
    if (!answer.ok) {
      this.#part('.answer').textContent = await problemOf(answer);
      return;
    }
    const { offset, online } = await answer.json();
    this.#part('.answer').textContent = `${answer.status}: kept at ${offset}${online ? '' : ', waits'}`;
    if (!this.#belfry) {
      this.#lookAround();
    }
  }

  #fetch(query, token, options = {}) {
    const url = new URL(`user/${encodeURIComponent(this.#name)}/queue/notifications${query}`, document.baseURI);
    return fetch(url, { ...options, headers: token ? { Authorization: `Bearer ${token}` } : {} });
  }

  #showState({ state, delay, reason }) {
    this.#part('.state').dataset.state = state;
    this.#part('.state').title = reason ?? '';
    this.#part('.state-name').textContent =
      state === 'waiting' ? `${STATES.waiting}, next try in ${Math.max(1, Math.round(delay / 1000))} s` : STATES[state];
    this.#showFacts();
  }

  #showFacts() {
    this.#part('.last').textContent = this.#last ?? '–';
    this.#part('.cursor').textContent = this.#cursor ?? '–';
    this.#part('.unread').textContent = this.#unread;
    this.#part('.unread').dataset.count = this.#unread;
    this.dispatchEvent(new Event('change'));
  }

  #part(name) {
    return this.element.querySelector(name);
  }
}

// This browser's, for the demo: made once and kept, or for this page alone where nothing can be kept.
function deviceId() {
  try {
    localStorage[DEVICE_KEY] ??= `demo-${crypto.getRandomValues(new Uint32Array(2)).join('-')}`;
    return localStorage[DEVICE_KEY];
  } catch {
    return 'demo';
  }
}
