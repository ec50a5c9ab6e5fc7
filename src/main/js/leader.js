import { Connection } from './connection.js';
import { gapAfter, toMessage } from './message.js';

const ANSWERS_WITHIN = 50; // the other tabs say what they listen to
const BUSY_FOR = 10_000; // who has not said it by then is not waited for
export const MOST_STREAMS = 64; // the server's limit
const SIBLING_WITHIN = 500; // what one stream brings, the others of its destination bring by then, or start after it
const MOST_OPEN = 2_000; // beyond it the oldest refused entries are dead letters, whose end the server does not tell

/**
 * What the connected tab does for all tabs: it brings each entry to each, and acknowledges it once the handlers of every
 * visible tab have returned (of every tab, where none is visible).
 *
 * A stream is one STOMP subscription: one for all handlers of a destination, but one of its own for a handler that says
 * from where.
 */
export class Leader {
  #send;
  #others;
  #watch;
  #connection;
  #members = new Map(); // by tab: {isVisible, isAway, streams by id}
  #unheard = new Set(); // tabs that have not said yet what they listen to; nothing is settled before they have
  #counted = null;
  #streams = new Map(); // by id
  #isShared;
  #state = { state: 'connecting' };
  #isListening = false; // what is wanted is subscribed to at once
  #askedAt = 0;

  /**
   * @param {object} options of the Connection: url, device, tokens
   * @param {object} peers
   * @param {boolean} peers.isShared whether there may be other tabs
   * @param {(message: object) => void} peers.send to all tabs, this one too
   * @param {() => Promise<string[]>} peers.others the other tabs that there are
   * @param {(tab: string, gone: () => void) => void} peers.watch tells when a tab is gone
   * @param {(token: string) => boolean} accepts whether to connect with this token
   */
  constructor(options, { isShared, send, others, watch }, accepts) {
    this.#isShared = isShared;
    this.#send = send;
    this.#others = others;
    this.#watch = watch;
    this.#connection = new Connection({
      ...options,
      listener: { accepts, opened: () => this.#open(), changed: (state, code) => this.#changed(state, code) },
    });
  }

  start() {
    this.#counted = this.#countTabs();
    this.#connection.start();
  }

  async close() {
    this.#send = () => {};
    await this.#connection.close();
  }

  /** What a tab says to whoever leads. */
  receive(message) {
    switch (message.type) {
      case 'here':
        return this.#here(message);
      case 'again':
        return this.#again(message);
      case 'done':
        return this.#answered(message, 'done');
      case 'failed':
        return this.#answered(message, 'failed');
      case 'bye':
        return this.#gone(message.tab);
      case 'retired': // it may have been the last to say that it leads
        this.#send({ type: 'who' });
        return this.#send({ ...this.#state, type: 'state' });
      case 'wake':
        return this.#connection.wake();
      case 'ping':
        this.#send({ type: 'pong' });
        return this.#connection.tick();
      default:
        return undefined;
    }
  }

  // ---- tabs

  async #countTabs() {
    for (const tab of await this.#others()) {
      if (!this.#members.has(tab)) {
        this.#unheard.add(tab);
        this.#watch(tab, () => this.#gone(tab));
      }
    }
    setTimeout(() => {
      this.#unheard.clear();
      this.#settleAll();
    }, BUSY_FOR);
  }

  async #here({ tab, isVisible, isAway, streams }) {
    const isNew = !this.#members.has(tab);
    this.#members.set(tab, { isVisible, isAway, streams: new Map(streams.map(stream => [stream.id, stream])) });
    if (isNew) {
      this.#watch(tab, () => this.#gone(tab));
    }
    this.#unheard.delete(tab);
    const ready = this.#reconcile(streams);
    this.#settleAll();
    if (isNew) {
      await ready;
      this.#send({ ...this.#state, type: 'state' });
    }
  }

  #again({ tab, stream }) {
    for (const { message, gap } of this.#streams.get(stream)?.entries.values() ?? []) {
      this.#send({ type: 'message', to: tab, stream, message, gap });
    }
    this.#send({ type: 'caught-up', to: tab, stream });
    this.#streams.get(stream)?.subscription?.ready.then(() => this.#send({ type: 'started', to: tab, stream }));
  }

  #gone(tab) {
    this.#unheard.delete(tab);
    this.#members.delete(tab);
    this.#reconcile([]);
    this.#settleAll();
  }

  // Subscribes to what somebody wants, and to nothing else. What was one too many is taken up when there is room again.
  async #reconcile(told) {
    for (const stream of this.#streams.values()) {
      if (![...this.#members.values()].some(member => member.streams.has(stream.id))) {
        stream.subscription?.stop();
        clearTimeout(stream.awaiting);
        this.#streams.delete(stream.id);
      }
    }
    const wanted = [...this.#members.values()].flatMap(({ streams }) => [...streams.values()]);
    for (const stream of wanted) {
      const { id, destination, from } = stream;
      const known = this.#streams.get(id);
      if (known) {
        known.from = from === 'latest' ? known.from : from; // who comes late moves nobody's start
      } else if (this.#streams.size === MOST_STREAMS) {
        if (told.includes(stream)) {
          console.warn(`belfry: there are ${MOST_STREAMS} subscriptions already, ${destination} is left out`);
        }
      } else {
        this.#streams.set(id, {
          id,
          destination,
          from,
          subscription: null,
          entries: new Map(),
          highest: 0, // on this connection
          awaiting: 0, // the timer of what its siblings are to bring too
        });
      }
    }
    if (this.#isListening) {
      await this.#subscribeAll();
    }
  }

  // ---- the connection

  #changed(state, code) {
    this.#state = state;
    this.#isListening &&= state.state === 'connected';
    if (state.state === 'connecting') {
      this.#askedAt = performance.now();
      this.#streams.forEach(stream => {
        stream.subscription = null;
        stream.entries.clear(); // the server brings again what is not settled
        stream.highest = 0;
        clearTimeout(stream.awaiting);
        stream.awaiting = 0;
      });
      this.#send({ type: 'who' });
    }
    this.#send({ ...state, type: 'state', code });
  }

  async #open() {
    const rest = this.#askedAt + ANSWERS_WITHIN - performance.now();
    if (this.#isShared && rest > 0) {
      await new Promise(resolve => setTimeout(resolve, rest));
    }
    await this.#counted;
    this.#isListening = true;
    await this.#subscribeAll();
  }

  async #subscribeAll() {
    if (this.#connection.isOpen) {
      await Promise.all([...this.#streams.values()].map(stream => this.#subscribe(stream)));
    }
  }

  #subscribe(stream) {
    if (!stream.subscription) {
      const { id, destination, from } = stream;
      const subscription = this.#connection.subscribe(destination, from, frame => this.#bring(stream, frame));
      subscription.ready = subscription.ready.then(() => {
        stream.from = from === 'latest' ? undefined : stream.from;
        this.#siblings(stream).forEach(sibling => this.#passOver(sibling, from));
        this.#send({ type: 'started', stream: id });
      });
      stream.subscription = subscription;
    }
    return stream.subscription.ready;
  }

  #bring(stream, frame) {
    const message = toMessage(frame);
    const gap = gapAfter(frame);
    const { offset } = message;
    if (offset !== null) {
      const entry = stream.entries.get(offset) ?? { done: new Set(), failed: new Set() };
      stream.entries.set(offset, Object.assign(entry, { frame, message, gap, isRefused: false, isPassed: false }));
      stream.highest = Math.max(stream.highest, offset);
      if (stream.entries.size > MOST_OPEN) {
        forgetOldestRefused(stream.entries);
      }
      this.#awaitSiblings(stream);
    }
    this.#send({ type: 'message', stream: stream.id, message, gap });
  }

  // ---- acknowledgement

  #answered({ tab, stream: id, offset }, how) {
    const stream = this.#streams.get(id);
    if (how === 'failed' && stream?.entries.get(offset)?.isPassed) {
      stream.entries.delete(offset);
    }
    const entry = stream?.entries.get(offset);
    if (!entry) {
      // Settled, so it is for the tab to give it again. Or of an earlier connection: then it comes again too, and is
      // answered again.
      if (stream && how === 'failed') {
        this.#send({ type: 'settled', to: tab, stream: id, offset });
      }
      return;
    }
    const other = how === 'done' ? 'failed' : 'done';
    entry[how].add(tab);
    entry[other].delete(tab);
    if (how === 'failed' && !entry.isRefused && this.#connection.isOpen) {
      entry.isRefused = true;
      entry.frame.nack();
    }
    this.#settle(stream, offset, entry);
    this.#siblings(stream).forEach(sibling => this.#settleStream(sibling));
  }

  // A start ahead of the cursor settles all that is before it: what is refused the server will not bring again.
  #passOver(stream, from) {
    const passed = [...stream.entries].filter(([offset]) => from === 'latest' || offset <= from);
    for (const [offset, entry] of passed) {
      entry.isPassed = true;
      if (entry.isRefused) {
        stream.entries.delete(offset);
        this.#send({ type: 'settled', stream: stream.id, offset });
      }
    }
  }

  #settleAll() {
    this.#streams.forEach(stream => this.#settleStream(stream));
  }

  #settleStream(stream) {
    for (const [offset, entry] of stream.entries) {
      this.#settle(stream, offset, entry);
    }
  }

  #settle(stream, offset, entry) {
    if (
      !this.#connection.isOpen ||
      this.#unheard.size > 0 ||
      !this.#isDone(stream, entry) ||
      this.#siblings(stream).some(sibling => this.#isBehind(sibling, offset))
    ) {
      return;
    }
    stream.entries.delete(offset);
    entry.frame.ack();
    if (entry.failed.size > 0 || stream.from !== undefined) {
      this.#send({ type: 'settled', stream: stream.id, offset });
    }
  }

  #isDone(stream, entry) {
    const needed = this.#needed(stream.destination);
    return needed.length > 0 && needed.every(([tab, { streams }]) => !streams.has(stream.id) || entry.done.has(tab));
  }

  // Whose handlers are waited for, on whichever of its streams they listen.
  #needed(destination) {
    const streams = [...this.#streams.values()].filter(stream => stream.destination === destination);
    const listening = [...this.#members].filter(
      ([, member]) => !member.isAway && streams.some(({ id }) => member.streams.has(id)),
    );
    const visible = listening.filter(([, member]) => member.isVisible);
    return visible.length > 0 ? visible : listening;
  }

  // An acknowledgement on one subscription settles the entry for the whole device, so for the other ones too.
  #isBehind(stream, offset) {
    const entry = stream.entries.get(offset);
    if (entry) {
      return !this.#isDone(stream, entry);
    }
    return stream.highest < offset && this.#needed(stream.destination).some(([, { streams }]) => streams.has(stream.id));
  }

  // A stream that has nothing to do and has not brought by then what this one did will not bring it.
  #awaitSiblings(stream) {
    const { highest } = stream;
    if (stream.awaiting || !this.#siblings(stream).some(sibling => sibling.highest < highest)) {
      return;
    }
    stream.awaiting = setTimeout(() => {
      stream.awaiting = 0;
      for (const sibling of this.#siblings(stream)) {
        if ([...sibling.entries.values()].every(open => open.isRefused || this.#isDone(sibling, open))) {
          sibling.highest = Math.max(sibling.highest, highest);
        }
      }
      if (this.#connection.isOpen) {
        this.#settleStream(stream);
        this.#awaitSiblings(stream);
      }
    }, SIBLING_WITHIN);
  }

  #siblings(stream) {
    return [...this.#streams.values()].filter(other => other !== stream && other.destination === stream.destination);
  }
}

function forgetOldestRefused(entries) {
  for (const [offset, { isRefused }] of entries) {
    if (isRefused) {
      entries.delete(offset);
      return;
    }
  }
}
