import { Backoff } from './backoff.js';
import { DISCONNECTED_BY_OPERATOR } from './connection.js';
import { browserDevice, deferred, isDevice, randomHex, tabDevice } from './device.js';
import { Inbox } from './inbox.js';
import { Leader, MOST_STREAMS } from './leader.js';
import { canShare, Tabs } from './tabs.js';
import { ownerOf, Tokens } from './tokens.js';

const DESTINATION = /^\/(?:user\/queue|topic)\/(?!\.{1,2}$)[A-Za-z0-9._-]{1,64}$/;
const IDLE_WITHIN = 1_000;

/**
 * A person's messages in this browser: see belfry.d.ts for what it promises.
 *
 * Where there is no browser, as when a page is rendered on a server, it does nothing at all.
 */
export class Belfry extends EventTarget {
  #options;
  #tokens;
  #inboxes = new Map(); // by stream
  #tabs = null;
  #leader = null; // what this tab does for all, while it leads
  #leaderName = ''; // whom the state is taken from
  #state = { state: 'connecting' };
  #device = null;
  #isTold = false;
  #isClosed = false;
  #closing = null; // until it is over, whoever asks for it
  #over = deferred();
  #joining = deferred(); // resolved when something may have become possible
  #streams = 0;
  #name = randomHex(4); // in the names of its own streams
  #page = new AbortController();

  constructor(options) {
    super();
    this.#options = checked(options);
    this.#tokens = new Tokens(this.#options.token);
    if (isBrowser()) {
      this.#listenToPage();
      queueMicrotask(() => this.#start());
    }
  }

  get state() {
    return this.#state.state;
  }

  get device() {
    return this.#device;
  }

  subscribe(destination, handler, options = {}) {
    const from = checkedFrom(options.from ?? this.#options.from);
    if (typeof destination !== 'string' || !DESTINATION.test(destination)) {
      throw new TypeError('A destination is /user/queue/{queue} or /topic/{topic}.');
    }
    if (typeof handler !== 'function') {
      throw new TypeError('A handler is a function.');
    }
    if (this.#closing) {
      throw new DOMException('This client is closed.', 'InvalidStateError');
    }
    const stream = this.#streamOf(destination, from);
    const inbox = this.#inboxes.get(stream) ?? this.#newInbox(stream, destination, from);
    const taken = inbox.add(handler);
    this.#tellHere();
    this.#send({ type: 'again', stream });
    return () => {
      this.#unsubscribe(stream, inbox, taken); // not to be waited for: a handler may return what this does
    };
  }

  async close() {
    this.#closing ??= this.#isClosed ? Promise.resolve() : this.#leave();
    await this.#closing;
  }

  async #leave() {
    this.#isClosed = true;
    this.#page.abort();
    await within(IDLE_WITHIN, Promise.all([...this.#inboxes.values()].map(inbox => inbox.finish())));
    const leader = this.#leader;
    this.#leader = null;
    await leader?.close();
    this.#send({ type: 'bye' });
    this.#tabs?.stop();
    this.#over.resolve();
    this.#to({ state: 'closed' });
  }

  // ---- its place among the tabs

  async #start() {
    this.#to({ state: 'connecting' });
    const isShared = this.#options.tabs === 'shared' && (await canShare());
    if (this.#options.tabs === 'shared' && !isShared) {
      console.info('belfry: no Web Locks here (they need https or localhost, and storage): one connection a tab.');
    }
    this.#device ??= this.#options.device ?? (isShared ? browserDevice() : await tabDevice(this.#over.promise));
    const owner = await this.#owner();
    if (!this.#isClosed) {
      this.#join(isShared ? `belfry ${this.#options.url} ${this.#device} ${owner}` : null, owner);
    }
  }

  // Whose client this is, asked until there is an answer.
  async #owner() {
    const backoff = new Backoff();
    while (!this.#isClosed) {
      try {
        return await this.#tokens.owner();
      } catch (error) {
        const delay = backoff.next();
        this.#to({ state: 'waiting', delay, reason: `There is no token: ${error?.message ?? error}` });
        const timer = setTimeout(this.#joining.resolve, delay);
        await this.#joining.promise;
        clearTimeout(timer);
        this.#joining = deferred();
        this.#to({ state: 'connecting' });
      }
    }
    return '';
  }

  #join(name, owner) {
    const tabs = new Tabs(name, {
      receive: message => this.#receive(message),
      joined: () => this.#introduce(),
      lead: () => this.#lead(owner),
      retire: () => this.#retire(),
    });
    this.#tabs = tabs;
    this.#leaderName = '';
    tabs.start();
  }

  #lead(owner) {
    const tabs = this.#tabs;
    const { url } = this.#options;
    const peers = {
      isShared: tabs.isShared,
      send: message => tabs.send({ ...message, leader: tabs.id }),
      others: () => tabs.others(),
      watch: (tab, gone) => tabs.watch(tab, gone),
    };
    // Where the person has changed, it is another log, and other tabs are this one's company from now on.
    const accepts = token => {
      if (ownerOf(token) !== owner) {
        tabs.stop();
        this.#inboxes.forEach(inbox => inbox.forget());
        this.#start();
        return false;
      }
      return true;
    };
    this.#leader = new Leader({ url, device: this.#device, tokens: this.#tokens }, peers, accepts);
    this.#leader.start();
  }

  #retire() {
    this.#leader?.close();
    this.#leader = null;
    this.#send({ type: 'retired' });
  }

  // ---- what tabs say to each other

  #send(message) {
    this.#tabs?.send({ ...message, tab: this.#tabs.id });
  }

  #tellHere() {
    this.#send({
      type: 'here',
      isVisible: isVisible(),
      isAway: this.#tabs?.isAway,
      streams: Array.from(this.#inboxes, ([id, { destination, position }]) => ({ id, destination, from: position })),
    });
  }

  #introduce() {
    this.#tellHere();
    this.#inboxes.forEach((inbox, stream) => {
      this.#send({ type: 'again', stream });
      inbox.refused.forEach(offset => this.#send({ type: 'failed', stream, offset }));
    });
  }

  #receive(message) {
    this.#leader?.receive(message);
    if (message.to !== undefined && message.to !== this.#tabs.id) {
      return;
    }
    const inbox = this.#inboxes.get(message.stream);
    switch (message.type) {
      case 'who':
        this.#leaderName = message.leader;
        this.#introduce();
        break;
      case 'state':
        this.#follow(message);
        break;
      case 'message':
        this.#offer(inbox, message);
        break;
      case 'started':
        inbox?.started();
        break;
      case 'caught-up':
        inbox?.caughtUp();
        break;
      case 'settled':
        inbox?.settled(message.offset);
        break;
    }
  }

  #follow({ leader, state, delay, reason, code }) {
    this.#leaderName ||= leader;
    // That an operator disconnected the person counts whoever says it: the browser may have made this tab the leader
    // before it passes on what the last one said.
    const isForAll = state === 'closed' && code === DISCONNECTED_BY_OPERATOR;
    if (this.#isClosed || (leader !== this.#leaderName && !isForAll)) {
      return;
    }
    if (state !== 'closed') {
      this.#to({ state, delay, reason });
    } else if (isForAll || leader === this.#tabs.id) {
      this.#end(reason);
    }
  }

  // It is no use to come back by itself.
  #end(reason) {
    this.#isClosed = true;
    this.#page.abort();
    this.#tabs.stop();
    this.#over.resolve();
    this.#to({ state: 'closed', reason });
  }

  // ---- messages

  // Tabs share one that starts at the end: each new one would move the cursor there, past what the others still need.
  #streamOf(destination, from) {
    if (from === undefined) {
      return destination;
    }
    if (from !== 'latest') {
      return `${destination} ${this.#name} ${this.#streams++}`;
    }
    let number = 0;
    while (this.#inboxes.has(`${destination} latest ${number}`)) {
      number++;
    }
    return `${destination} latest ${number}`;
  }

  #newInbox(stream, destination, from) {
    if (this.#inboxes.size === MOST_STREAMS) {
      throw new RangeError(`There are ${MOST_STREAMS} subscriptions already.`);
    }
    const inbox = new Inbox(destination, from, {
      done: offset => this.#send({ type: 'done', stream, offset }),
      failed: (offset, error) => {
        this.#tellError(destination, offset, error);
        if (offset !== null) {
          this.#send({ type: 'failed', stream, offset });
        }
      },
    });
    this.#inboxes.set(stream, inbox);
    return inbox;
  }

  // What a handler is busy with it may still acknowledge, also where it is the one that unsubscribes.
  async #unsubscribe(stream, inbox, handler) {
    handler.stop();
    if (handler.isBusy) {
      await within(IDLE_WITHIN, handler.idle);
    }
    inbox.remove(handler);
    if (inbox.isEmpty && this.#inboxes.get(stream) === inbox) {
      this.#inboxes.delete(stream);
    }
    this.#tellHere();
  }

  #offer(inbox, { message, gap }) {
    if (!inbox || this.#isClosed) {
      return;
    }
    if (gap !== null && !inbox.knows(message.offset)) {
      const detail = { destination: inbox.destination, after: gap, offset: message.offset };
      this.dispatchEvent(new CustomEvent('gap', { detail }));
    }
    inbox.offer(message);
  }

  #tellError(destination, offset, error) {
    const detail = { destination, offset, error };
    if (this.dispatchEvent(new CustomEvent('error', { detail, cancelable: true }))) {
      console.warn('belfry: a handler has refused a message of', destination, error);
    }
  }

  // ---- the page

  #listenToPage() {
    const on = (target, type, listener) => target?.addEventListener?.(type, listener, { signal: this.#page.signal });
    const wake = () => {
      this.#joining.resolve();
      this.#send({ type: 'wake' });
    };
    const sleep = () => {
      this.#tabs?.sleep();
      this.#tellHere();
    };
    const rise = () => {
      this.#tabs?.wake();
      this.#tellHere();
      wake();
    };
    on(globalThis, 'online', wake);
    on(globalThis, 'pagehide', sleep);
    on(globalThis, 'pageshow', event => event.persisted && rise());
    on(globalThis.document, 'freeze', sleep);
    on(globalThis.document, 'resume', rise);
    on(globalThis.document, 'visibilitychange', () => {
      this.#tellHere();
      if (isVisible()) {
        wake();
      }
    });
  }

  #to({ state, delay, reason }) {
    if (this.#isClosed && state !== 'closed') {
      return; // what it was still waiting for has come
    }
    if (state === this.#state.state && delay === this.#state.delay && this.#isTold) {
      return;
    }
    this.#isTold = true;
    const detail = { state, ...(delay === undefined ? {} : { delay }), ...(reason ? { reason } : {}) };
    this.#state = detail;
    this.dispatchEvent(new CustomEvent('state', { detail }));
  }
}

function checked(options) {
  const { url = '/ws', token, device, tabs = 'shared', from } = options ?? {};
  if (typeof token !== 'function' && (typeof token !== 'string' || token === '')) {
    throw new TypeError('token is a string, or a function that gives one.');
  }
  if (device !== undefined && !isDevice(device)) {
    throw new TypeError('device is 1 to 64 of A-Z a-z 0-9 . _ -');
  }
  if (tabs !== 'shared' && tabs !== 'each') {
    throw new TypeError("tabs is 'shared' or 'each'.");
  }
  return { url: isBrowser() ? socketOf(url) : url, token, device, tabs, from: checkedFrom(from) };
}

// Waits for it, but no longer than this.
async function within(millis, promise) {
  let timer;
  await Promise.race([promise, new Promise(resolve => (timer = setTimeout(resolve, millis)))]);
  clearTimeout(timer);
}

function checkedFrom(from) {
  if (from === undefined || from === 'earliest' || from === 'latest' || (Number.isSafeInteger(from) && from >= 0)) {
    return from;
  }
  throw new TypeError("from is 'earliest', 'latest' or an offset.");
}

function socketOf(url) {
  const socket = new URL(url, globalThis.document?.baseURI ?? globalThis.location.href);
  if (!/^(?:http|ws)s?:$/.test(socket.protocol)) {
    throw new TypeError('url is the address of a WebSocket, as /ws or wss://belfry.example.com/ws.');
  }
  socket.protocol = socket.protocol.replace(/^http/, 'ws');
  socket.hash = '';
  return socket.href;
}

function isBrowser() {
  return typeof document !== 'undefined' || typeof WorkerGlobalScope !== 'undefined';
}

function isVisible() {
  return globalThis.document?.visibilityState !== 'hidden';
}
