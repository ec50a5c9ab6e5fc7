import { randomHex } from './device.js';

const PING_EVERY = 300;
const GONE_AFTER = 1_000; // a leader that does not answer for so long is frozen

/** Whether the tabs of this origin can share a connection here: a page that may keep nothing is refused its locks. */
export async function canShare() {
  try {
    new BroadcastChannel('belfry').close();
    return await navigator.locks.request('belfry', { mode: 'shared' }, () => true);
  } catch {
    return false;
  }
}

/**
 * The tabs of one origin that share a connection: they speak over a BroadcastChannel, and the one that holds a Web Lock
 * leads. The browser gives the lock to the next one when the leader is closed or has crashed; one that is frozen lets go
 * before or, where it could not, is pushed aside.
 *
 * Without a name this tab is alone, and leads.
 */
export class Tabs {
  id = randomHex(8);
  #name;
  #listener;
  #channel = null;
  #isStopped = false;
  #isAway = false;
  #turn = null; // while it waits for its turn to lead
  #release = null; // while it leads
  #releasePresence = null;
  #pinger = 0;
  #pingedAt = 0;
  #heardAt = 0;
  #watched = new AbortController();

  /**
   * @param {string | null} name that tabs of the same user and device have in common
   * @param {object} listener
   * @param {(message: object) => void} listener.receive
   * @param {() => void} listener.joined from now on the others can be told
   * @param {() => void} listener.lead this tab leads from now on
   * @param {() => void} listener.retire it does not any more
   */
  constructor(name, listener) {
    this.#name = name;
    this.#listener = listener;
  }

  get isShared() {
    return this.#name !== null;
  }

  get isLeading() {
    return this.#release !== null;
  }

  get isAway() {
    return this.#isAway;
  }

  async start() {
    if (!this.isShared) {
      this.#listener.joined();
      this.#stand();
      return;
    }
    this.#channel = new BroadcastChannel(this.#name);
    this.#channel.onmessage = ({ data }) => this.#receive(data);
    await this.#showPresence();
    if (!this.#isStopped) {
      this.#heardAt = performance.now();
      this.#pinger = setInterval(() => this.#ping(), PING_EVERY);
      this.#listener.joined();
      this.#stand();
    }
  }

  /** Says this to all tabs, this one too. */
  send(message) {
    if (!this.#isStopped) {
      this.#channel?.postMessage(message);
      queueMicrotask(() => this.#isStopped || this.#listener.receive(message));
    }
  }

  /** The other tabs that live, whether they say so or are too busy to. */
  async others() {
    if (!this.isShared) {
      return [];
    }
    const all = this.#presenceOf('');
    const { held } = await navigator.locks.query();
    const present = held.map(({ name }) => name).filter(name => name.startsWith(all));
    return present.map(name => name.slice(all.length)).filter(tab => tab !== this.id);
  }

  /** Calls `gone` when this tab is closed or has crashed: it holds a lock of its own for as long as it lives. */
  watch(tab, gone) {
    if (this.isShared && tab !== this.id) {
      navigator.locks
        .request(this.#presenceOf(tab), { signal: this.#watched.signal }, () => this.#isStopped || gone())
        .catch(() => {}); // no longer watched
    }
  }

  /** The page sleeps: another tab is to lead meanwhile. What the others say is kept for this one by the browser. */
  sleep() {
    this.#isAway = true;
    this.#letGo();
  }

  wake() {
    if (this.#isAway) {
      this.#isAway = false;
      this.#heardAt = performance.now();
      this.#stand();
    }
  }

  stop() {
    this.#letGo();
    this.#isStopped = true;
    this.#watched.abort();
    clearInterval(this.#pinger);
    this.#channel?.close();
    this.#releasePresence?.();
  }

  #receive(message) {
    if (message.type === 'pong' || message.type === 'who' || message.type === 'state') {
      this.#heardAt = performance.now();
    }
    if (!this.#isStopped) {
      this.#listener.receive(message);
    }
  }

  #presenceOf(tab) {
    return `${this.#name} tab ${tab}`;
  }

  #showPresence() {
    return new Promise(shown => {
      navigator.locks.request(this.#presenceOf(this.id), () => {
        shown();
        return this.#isStopped ? undefined : new Promise(release => (this.#releasePresence = release));
      });
    });
  }

  #stand() {
    if (this.#turn || this.isLeading || this.#isStopped) {
      return;
    }
    if (this.isShared) {
      this.#turn = new AbortController();
      this.#hold({ signal: this.#turn.signal });
    } else {
      this.#lead();
    }
  }

  async #hold(how) {
    try {
      await navigator.locks.request(this.#name, how, () => this.#lead());
    } catch {
      // Given up while waiting, or taken by a tab that has not heard from this one.
      if (this.isLeading && !this.#isStopped) {
        this.#release = null;
        this.#listener.retire();
        this.#heardAt = performance.now();
        this.#stand();
      }
    }
  }

  #lead() {
    this.#turn = null;
    if (this.#isStopped || this.#isAway) {
      return undefined;
    }
    return new Promise(release => {
      this.#release = release;
      this.#listener.lead();
    });
  }

  #letGo() {
    this.#turn?.abort();
    this.#turn = null;
    if (this.isLeading) {
      this.#release();
      this.#release = null;
      this.#listener.retire();
    }
  }

  // A leader's own timers may be late where it is hidden, its answers are not. Nor does this tab judge when it was
  // asleep itself.
  #ping() {
    const now = performance.now();
    const wasAsleep = now - this.#pingedAt > 2 * PING_EVERY;
    this.#pingedAt = now;
    if (this.isLeading || this.#isAway) {
      return;
    }
    if (wasAsleep) {
      this.#heardAt = now;
    }
    if (now - this.#heardAt > GONE_AFTER) {
      this.#heardAt = now;
      this.#turn?.abort();
      this.#turn = null;
      this.#hold({ steal: true });
    } else {
      this.#channel.postMessage({ type: 'ping' });
    }
  }
}
