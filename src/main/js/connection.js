import { Client, Versions } from '@stomp/stompjs';
import { Backoff } from './backoff.js';
import { renewalDelay } from './tokens.js';

const CONNECT_TIMEOUT = 10_000;
const CLOSE_TIMEOUT = 2_000;
const PROBE_TIMEOUT = 2_000;
const STEADY_AFTER = 5_000; // a connection that lasted so long was a success
const SHORTEST_PAUSE = 500; // between two tries, whatever asks for one
const NODE_GOES_SPREAD = 2_000;
const LONGEST_TIMER = 2 ** 31 - 1;
const RENEWAL = '/app/token';

const NEVER_OPENED =
  "No connection came about: the node cannot be reached at this address, or its belfry.allowed-origins lack this page's.";

const NODE_GOES = 1012;
const TOKEN_REFUSED = 4401;
export const DISCONNECTED_BY_OPERATOR = 4403;

/**
 * One STOMP connection that keeps itself alive.
 *
 *     start() --> connecting --> connected
 *                  ^      \        /
 *                  |       v      v
 *                  +------ waiting          close(), or no use to try again --> closed
 */
export class Connection {
  #url;
  #device;
  #tokens;
  #listener;
  #backoff = new Backoff();
  #client = null;
  #state = 'closed';
  #run = 0; // callbacks of an earlier try or of a closed connection have another number
  #triedAt = 0;
  #dueAt = 0;
  #steadyFrom = Infinity;
  #token = '';
  #timer = 0;
  #renewal = 0;
  #probe = 0;
  #numbers = 0;

  /**
   * @param {object} options
   * @param {string} options.url of the WebSocket
   * @param {string} options.device
   * @param {import('./tokens.js').Tokens} options.tokens
   * @param {object} options.listener
   * @param {(token: string) => boolean} options.listener.accepts whether to connect with this token
   * @param {() => Promise<void>} options.listener.opened subscribes; resolves once all starts are fixed
   * @param {(state: {state: string, delay?: number, reason?: string}, code?: number) => void} options.listener.changed
   */
  constructor({ url, device, tokens, listener }) {
    this.#url = url;
    this.#device = device;
    this.#tokens = tokens;
    this.#listener = listener;
  }

  get isOpen() {
    return this.#client?.connected ?? false;
  }

  start() {
    this.#try();
  }

  /** The network or the page is back: tries at once what waits, and looks whether what is open still lives. */
  wake() {
    if (this.#state === 'waiting') {
      this.#dueAt = Math.min(this.#dueAt, Math.max(performance.now(), this.#triedAt + SHORTEST_PAUSE));
      this.#tryWhenDue();
    } else if (this.isOpen) {
      this.#probeNow();
    }
  }

  /** Tries what is due: the timers of a hidden page may be late by a minute, messages of other tabs are not. */
  tick() {
    if (this.#state === 'waiting' && performance.now() >= this.#dueAt) {
      this.#try();
    }
  }

  /** Ends it; resolves once the server keeps what was acknowledged, or does not answer. */
  async close() {
    const client = this.#client;
    this.#end();
    if (client) {
      let timer;
      const late = new Promise(resolve => (timer = setTimeout(resolve, CLOSE_TIMEOUT)));
      await Promise.race([client.deactivate(), late]);
      clearTimeout(timer);
      client.deactivate({ force: true });
    }
  }

  /**
   * @param {string} destination
   * @param {string | number | undefined} from
   * @param {(frame: object) => void} onFrame
   * @returns {{ready: Promise<void>, stop: () => void}} ready once the start is fixed
   */
  subscribe(destination, from, onFrame) {
    const client = this.#client;
    const receipt = `start-${++this.#numbers}`;
    const headers = { ack: 'client-individual', receipt, ...(from === undefined ? {} : { from: String(from) }) };
    const ready = new Promise(resolve => client.watchForReceipt(receipt, () => resolve()));
    const subscription = client.subscribe(destination, frame => client === this.#client && onFrame(frame), headers);
    return { ready, stop: () => client.connected && client === this.#client && subscription.unsubscribe() };
  }

  async #try() {
    const run = ++this.#run;
    const isOver = () => run !== this.#run;
    clearTimeout(this.#timer);
    this.#triedAt = performance.now();
    this.#steadyFrom = Infinity;
    this.#to({ state: 'connecting' });
    let wanting = 'token';
    try {
      const token = await this.#tokens.forConnect();
      if (!isOver() && this.#listener.accepts(token)) {
        this.#token = token;
        wanting = 'connection';
        this.#client = this.#connect(isOver);
      }
    } catch (error) {
      if (!isOver()) {
        this.#wait(this.#backoff.next(), `There is no ${wanting}: ${error?.message ?? error}`);
      }
    }
  }

  // Throws where the browser allows none at this address.

  #connect(isOver) {
    let reason = '';
    const lost = code => isOver() || this.#onClose(code, reason);
    const socket = new WebSocket(this.#url, Versions.default.protocolVersions());
    const client = new Client({
      webSocketFactory: () => socket,
      connectHeaders: { Authorization: `Bearer ${this.#token}`, device: this.#device },
      connectionTimeout: CONNECT_TIMEOUT,
      reconnectDelay: 0, // this class comes back by itself
      discardWebsocketOnCommFailure: true, // a socket whose network is gone takes minutes to close
      onConnect: async () => {
        if (!isOver()) {
          this.#renewLater();
          await this.#listener.opened();
          if (!isOver() && client.connected) {
            this.#steadyFrom = performance.now() + STEADY_AFTER;
            this.#to({ state: 'connected' });
          }
        }
      },
      onStompError: frame => {
        reason = frame.headers.message ?? '';
      },
      onWebSocketClose: ({ code }) => lost(code),
      // Of what the policy of the page forbids there is no close.
      onWebSocketError: () => {
        if (!client.connected) {
          reason ||= NEVER_OPENED;
          lost();
        }
      },
    });
    client.activate();
    return client;
  }

  #onClose(code, reason) {
    clearTimeout(this.#renewal);
    clearTimeout(this.#probe);
    this.#client = null;
    if (performance.now() >= this.#steadyFrom) {
      this.#backoff.reset();
    }
    if (code === DISCONNECTED_BY_OPERATOR) {
      this.#end(reason || 'An operator has disconnected this client.', code);
    } else if (code === TOKEN_REFUSED && !this.#tokens.isRenewable) {
      this.#end(reason || 'The token was refused.', code);
    } else if (code === NODE_GOES) {
      this.#wait(Math.round(Math.random() * NODE_GOES_SPREAD), reason || 'The node is going.');
    } else {
      this.#wait(this.#backoff.next(), reason || 'The connection was lost.');
    }
  }

  #end(reason, code) {
    this.#run++;
    clearTimeout(this.#timer);
    clearTimeout(this.#renewal);
    clearTimeout(this.#probe);
    this.#client = null;
    this.#to({ state: 'closed', reason }, code);
  }

  #wait(delay, reason) {
    this.#run++;
    this.#dueAt = performance.now() + delay;
    this.#to({ state: 'waiting', delay, reason });
    this.#tryWhenDue();
  }

  #tryWhenDue() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#try(), Math.max(0, this.#dueAt - performance.now()));
  }

  // The token it has already: the cheapest thing that is answered.
  #probeNow() {
    const client = this.#client;
    const receipt = `probe-${++this.#numbers}`;
    clearTimeout(this.#probe);
    this.#probe = setTimeout(() => client.forceDisconnect(), PROBE_TIMEOUT);
    client.watchForReceipt(receipt, () => clearTimeout(this.#probe));
    client.publish({ destination: RENEWAL, headers: { receipt }, body: this.#token });
  }

  #renewLater() {
    clearTimeout(this.#renewal);
    const delay = renewalDelay(this.#token);
    if (this.#tokens.isRenewable && delay !== Infinity) {
      this.#renewal = setTimeout(() => this.#renew(), Math.min(delay, LONGEST_TIMER));
    }
  }

  async #renew() {
    const client = this.#client;
    let token = this.#token;
    try {
      token = await this.#tokens.renewed();
    } catch {
      // Asked again while there is time; then the server ends the connection.
    }
    if (client !== this.#client || !this.isOpen) {
      return;
    }
    if (token !== this.#token && this.#listener.accepts(token)) {
      this.#token = token;
      client.publish({ destination: RENEWAL, body: token });
    }
    this.#renewLater();
  }

  #to(state, code) {
    this.#state = state.state;
    this.#listener.changed(state, code);
  }
}
