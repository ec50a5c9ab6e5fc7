/** Trying again would not help: a person has to do something first. */
export class Refused extends Error {}

/** There is no demo login on this server. */
export class DemoOff extends Refused {}

/** Tokens for the page: from the demo's login or, where there is none, the one that was pasted. */
export class Tokens {
  #pasted = '';

  /** From now on this one. Answers whose it is, as far as one can see without checking it, or nothing. */
  paste(token) {
    this.#pasted = token.trim().replace(/^Bearer\s+/i, '');
    return subjectOf(this.#pasted);
  }

  /** What a client of this user connects with: the pasted token, which ends it once it is refused, or how to get a fresh one. */
  source(user, scope = '') {
    return this.#pasted || (() => this.of(user, scope));
  }

  /**
   * A fresh token of this user. Rejects with Refused where it is no use to ask again, with any other error where it is.
   *
   * @param {string} user
   * @param {'' | 'push' | 'admin'} scope
   * @returns {Promise<string>}
   */
  async of(user, scope = '') {
    if (this.#pasted) {
      return this.#pasted;
    }
    const query = new URLSearchParams(scope ? { user, scope } : { user });
    const response = await fetch(new URL(`demo/token?${query}`, document.baseURI), { cache: 'no-store' });
    if (response.ok) {
      return (await response.json()).token;
    }
    if (response.status === 404) {
      throw new DemoOff('Paste a token to connect.');
    }
    const detail = await problemOf(response);
    throw response.status < 500 && response.status !== 429 ? new Refused(detail) : new Error(detail);
  }
}

function subjectOf(token) {
  try {
    const payload = token.split('.')[1].replaceAll('-', '+').replaceAll('_', '/');
    return String(JSON.parse(atob(payload)).sub ?? '');
  } catch {
    return '';
  }
}

/** What an answer that is not a success says, in a sentence (RFC 9457 where it can). */
export async function problemOf(response) {
  const problem = await response.json().catch(() => null);
  return problem?.detail || problem?.title || `The server answered ${response.status}.`;
}
