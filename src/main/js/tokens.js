const TOKEN_TIMEOUT = 30_000;
const KEPT_FOR_FIRST_CONNECT = 5_000;
const UNKNOWN_LIFETIME = 60_000;

/** What the page gave as `token`, a string or a function, and what can be read in it without checking it. */
export class Tokens {
  #source;
  #early = null; // asked to learn whose it is, and good for the connect that follows

  constructor(source) {
    this.#source = source;
  }

  /** Whether there may be another one after this one was refused. */
  get isRenewable() {
    return typeof this.#source === 'function';
  }

  /** Whose tokens these are: tabs of different users share nothing. */
  async owner() {
    const text = await this.#ask();
    this.#early = { text, until: performance.now() + KEPT_FOR_FIRST_CONNECT };
    return ownerOf(text);
  }

  /** A token for a connect, asked for anew at each. */
  async forConnect() {
    const early = this.#early;
    this.#early = null;
    return early && performance.now() < early.until ? early.text : this.#ask();
  }

  /** A token to go on with. */
  renewed() {
    return this.#ask();
  }

  async #ask() {
    if (!this.isRenewable) {
      return this.#source;
    }
    let timer;
    const late = new Promise((_, reject) => {
      timer = setTimeout(() => reject(new Error('The token function does not answer.')), TOKEN_TIMEOUT);
    });
    try {
      const text = await Promise.race([this.#source(), late]);
      if (typeof text !== 'string' || !/^[\x21-\x7e]+$/.test(text)) {
        throw new TypeError('The token function did not give a token.');
      }
      return text;
    } finally {
      clearTimeout(timer);
    }
  }
}

export function ownerOf(text) {
  const { iss = '', sub = '' } = claimsOf(text);
  return `${iss} ${sub}`;
}

/** Milliseconds until a token is to be renewed, well before it expires; Infinity where it says no time. */
export function renewalDelay(text) {
  const { exp, iat } = claimsOf(text);
  if (typeof exp !== 'number') {
    return Infinity;
  }
  const left = exp * 1000 - Date.now();
  // A clock that is wrong makes a fresh token look stale, or long-lived: its own two times tell how long it lives.
  const lifetime = typeof iat === 'number' ? (exp - iat) * 1000 : left > 0 ? left : UNKNOWN_LIFETIME;
  return Math.max(1_000, 0.75 * (left > 0 ? Math.min(left, lifetime) : lifetime));
}

function claimsOf(text) {
  try {
    const payload = text.split('.')[1].replaceAll('-', '+').replaceAll('_', '/');
    const bytes = Uint8Array.from(atob(payload), letter => letter.codePointAt(0));
    return JSON.parse(new TextDecoder().decode(bytes)) ?? {};
  } catch {
    return {};
  }
}
