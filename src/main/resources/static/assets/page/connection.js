import { Client } from '../../webjars/stomp__stompjs/esm6/client.js';
import { Refused } from './tokens.js';

const DESTINATION = '/user/queue/notifications';
const PREFETCH = 1000; // what is unread counts against the window, so let all of an inbox in
const CONNECT_TIMEOUT = 10_000;
const FIRST_DELAY = 1_000;
const LONGEST_DELAY = 30_000;
const NODE_GOES_DELAY = 2_000;
const STEADY_AFTER = 5_000; // a connection that lasted so long was a success
const SHORTEST_PAUSE = 1_000; // between two tries, whatever asks for one

const NODE_GOES = 1012;
const TOKEN_REFUSED = 4401;
const DISCONNECTED_BY_OPERATOR = 4403;

/**
 * One device's connection to one person's inbox over STOMP, which keeps itself alive.
 *
 *     closed --open--> connecting --> connected
 *                       ^      \        /
 *                       |       v      v
 *                       +------ waiting          any --close, or no use to try again--> closed
 *
 * Events: `state`, with `{state, user?, delay?, reason?, error?}`; `message`, with a message (see #toMessage).
 * Every try asks for a token of its own, and the delays between tries grow, with jitter.
 */
export class Connection extends EventTarget {
  #url;
  #device;
  #token;
  #canRenew;
  #state = 'closed';
  #client = null;
  #run = 0; // callbacks of an earlier try or of a closed connection have another number
  #tries = 0;
  #triedAt = 0;
  #timer = 0;

  /**
   * @param {string} url of the WebSocket
   * @param {string} device
   * @param {() => Promise<string>} token asked at each try; rejects with Refused where it is no use to try again
   * @param {() => boolean} canRenew whether `token` may give another one after a refusal
   */
  constructor({ url, device, token, canRenew }) {
    super();
    this.#url = url;
    this.#device = device;
    this.#token = token;
    this.#canRenew = canRenew;
  }

  get state() {
    return this.#state;
  }

  open() {
    if (this.#state === 'closed') {
      this.#tries = 0;
      this.#try();
    }
  }

  /** Tries now instead of later, but never in a hurry. */
  retry() {
    if (this.#state === 'waiting' && Date.now() - this.#triedAt >= SHORTEST_PAUSE) {
      this.#try();
    }
  }

  /** Ends it; the server keeps what was acknowledged before it lets go. */
  close(reason = '', error = undefined) {
    this.#run++;
    clearTimeout(this.#timer);
    this.#client?.deactivate();
    this.#client = null;
    this.#to('closed', { reason, error });
  }

  async #try() {
    const run = ++this.#run;
    const isOver = () => run !== this.#run;
    clearTimeout(this.#timer);
    this.#triedAt = Date.now();
    this.#to('connecting');
    try {
      const token = await this.#token();
      if (!isOver()) {
        this.#client = this.#connect(token, isOver);
      }
    } catch (error) {
      if (isOver()) {
        return;
      }
      if (error instanceof Refused) {
        this.close(error.message, error);
      } else {
        this.#wait(0, 'The server cannot be reached.');
      }
    }
  }

  #connect(token, isOver) {
    let steadyFrom = Infinity;
    let reason = '';
    const client = new Client({
      brokerURL: this.#url,
      connectHeaders: { Authorization: `Bearer ${token}`, device: this.#device },
      connectionTimeout: CONNECT_TIMEOUT,
      reconnectDelay: 0, // this class comes back by itself
      onConnect: connected => {
        if (isOver()) {
          return;
        }
        // Its receipt says that the start is fixed: what is pushed from then on arrives.
        client.watchForReceipt('start', () => {
          if (!isOver()) {
            steadyFrom = Date.now() + STEADY_AFTER;
            this.#to('connected', { user: connected.headers['user-name'] });
          }
        });
        const headers = { ack: 'client-individual', 'prefetch-count': String(PREFETCH), receipt: 'start' };
        client.subscribe(DESTINATION, frame => isOver() || this.#emit('message', toMessage(frame)), headers);
      },
      onStompError: frame => {
        reason = frame.headers.message ?? '';
      },
      onWebSocketClose: event => {
        if (!isOver()) {
          this.#onClose(event.code, reason, Date.now() >= steadyFrom);
        }
      },
    });
    client.activate();
    return client;
  }

  #onClose(code, reason, wasSteady) {
    this.#client = null;
    if (wasSteady) {
      this.#tries = 0;
    }
    if (code === DISCONNECTED_BY_OPERATOR) {
      this.close(reason || 'An operator has disconnected you.');
    } else if (code === TOKEN_REFUSED && !this.#canRenew()) {
      this.close(reason || 'The token was refused.', new Refused());
    } else if (code === NODE_GOES) {
      this.#wait(NODE_GOES_DELAY * Math.random(), reason || 'This node is going.');
    } else {
      this.#wait(0, reason || 'The connection was lost.');
    }
  }

  #wait(atLeast, reason) {
    const grown = Math.min(LONGEST_DELAY, FIRST_DELAY * 2 ** this.#tries++);
    const delay = atLeast || grown * (0.5 + Math.random() / 2);
    this.#run++;
    this.#timer = setTimeout(() => this.#try(), delay);
    this.#to('waiting', { delay, reason });
  }

  #to(state, detail = {}) {
    this.#state = state;
    this.#emit('state', { state, ...detail });
  }

  #emit(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}

/** A `MESSAGE` frame as the page wants it. `offset` is null for what the log did not keep (TTL 0). */
function toMessage(frame) {
  const { headers } = frame;
  const numberOf = name => (headers[name] === undefined ? null : Number(headers[name]));
  return {
    offset: numberOf('offset'),
    id: headers['message-id'],
    timestamp: numberOf('timestamp') ?? Date.now(),
    contentType: headers['content-type'] ?? 'application/octet-stream',
    bytes: frame.binaryBody,
    isRedelivered: headers.redelivered === 'true',
    gapAfter: numberOf('gap-after'),
    acknowledge: () => frame.ack(),
  };
}
