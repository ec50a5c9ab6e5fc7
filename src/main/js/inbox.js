const REMEMBERED = 10_000; // offsets a handler knows to have had; far more than a crash can bring again
const RETRY_FIRST = 1_000;
const MOST_RETRIES = 5;

/**
 * The messages of one stream in one tab, on their way to its handlers. A handler takes them one after the other, and
 * each once, however often it comes: again only what it has refused.
 */
export class Inbox {
  destination;
  from;
  #handlers = new Set();
  #listener;
  #highest = null;
  #unfinished = new Set();
  #unsettled = new Set(); // finished or not

  /**
   * @param {string} destination
   * @param {string | number | undefined} from where to start, until something has come
   * @param {object} listener
   * @param {(offset: number) => void} listener.done all handlers have it
   * @param {(offset: number, error: unknown) => void} listener.failed a handler has refused it; the offset may be null
   */
  constructor(destination, from, listener) {
    this.destination = destination;
    this.from = from;
    this.#listener = listener;
  }

  get isEmpty() {
    return this.#handlers.size === 0;
  }

  add(call) {
    const handler = new Handler(call, {
      done: offset => this.#tellWhereDone(offset),
      failed: (offset, error) => this.#listener.failed(offset, error),
    });
    this.#handlers.add(handler);
    return handler;
  }

  remove(handler) {
    handler.stop();
    this.#handlers.delete(handler);
    this.#unfinished.forEach(offset => this.#tellWhereDone(offset));
  }

  /** Whether it was offered already: with it, the gap before it was told. */
  knows(offset) {
    return [...this.#handlers].some(handler => handler.knows(offset));
  }

  offer(message) {
    for (const handler of this.#handlers) {
      handler.offer(message);
    }
    if (message.offset !== null) {
      this.#highest = Math.max(this.#highest ?? 0, message.offset);
      this.#unfinished.add(message.offset);
      if (this.from !== undefined) {
        this.#unsettled.add(message.offset);
      }
      this.#tellWhereDone(message.offset);
    }
  }

  /** Where the start is fixed there is nothing to skip any more: only a re-read has to be taken up where it was left. */
  started() {
    if (this.from === 'latest') {
      this.from = undefined;
    }
  }

  /**
   * From where to read on a new connection; undefined for the device's cursor. Not past what is not settled: the server
   * moves the cursor there, though other handlers may still need it.
   */
  get position() {
    if (this.from === undefined || this.#highest === null) {
      return this.from;
    }
    const open = [...this.#unfinished, ...this.#unsettled];
    return open.length > 0 ? Math.min(...open) - 1 : this.#highest;
  }

  /** The log is another person's from now on: nothing of it is known yet, nor is an offset good for it. */
  forget() {
    this.from = typeof this.from === 'number' ? undefined : this.from;
    this.#highest = null;
    this.#unfinished.clear();
    this.#unsettled.clear();
    this.#handlers.forEach(handler => handler.forget());
  }

  /** All that is before has been handed over; only then a handler that came late takes its first one. */
  caughtUp() {
    this.#handlers.forEach(handler => handler.begin());
  }

  /** The entry is settled, so the server will not bring it again to those who have refused it. */
  settled(offset) {
    this.#unsettled.delete(offset);
    this.#handlers.forEach(handler => handler.retry(offset));
  }

  /** What handlers have refused and not had again since: whom that was told may be gone. */
  get refused() {
    return new Set([...this.#handlers].flatMap(handler => handler.refused));
  }

  /** Takes no more; resolves once what has begun is over. */
  async finish() {
    this.#handlers.forEach(handler => handler.stop());
    await Promise.all([...this.#handlers].map(handler => handler.idle));
  }

  #tellWhereDone(offset) {
    if (!this.isEmpty && [...this.#handlers].every(handler => handler.has(offset))) {
      this.#unfinished.delete(offset);
      this.#listener.done(offset);
    }
  }
}

class Handler {
  #call;
  #listener;
  #queue = [];
  #marks = new Map(); // by offset: 'queued', 'done', 'failed'; oldest first
  #failed = new Map(); // by offset: the message and how often, until it is done
  #isWaiting = true;
  #isStopped = false;
  #running = null;

  constructor(call, listener) {
    this.#call = call;
    this.#listener = listener;
  }

  get isBusy() {
    return this.#running !== null;
  }

  get idle() {
    return this.#running ?? Promise.resolve();
  }

  has(offset) {
    return this.#marks.get(offset) === 'done';
  }

  knows(offset) {
    return this.#marks.has(offset);
  }

  get refused() {
    return [...this.#failed.keys()].filter(
      offset => this.#marks.get(offset) === 'failed' && this.#failed.get(offset).times < MOST_RETRIES,
    );
  }

  offer(message) {
    if (this.#isStopped) {
      return;
    }
    const { offset } = message;
    if (offset !== null) {
      const mark = this.#marks.get(offset);
      if (mark === 'done' || mark === 'queued') {
        return;
      }
      this.#mark(offset, 'queued');
    }
    this.#queue.push(message);
    this.#run();
  }

  // What came while it waited may be ahead of what was handed over to it.
  begin() {
    if (this.#isWaiting) {
      this.#isWaiting = false;
      this.#queue.sort((a, b) => (a.offset ?? Infinity) - (b.offset ?? Infinity));
      this.#run();
    }
  }

  retry(offset) {
    const failure = this.#failed.get(offset);
    if (this.#marks.get(offset) !== 'failed' || !failure || failure.times > MOST_RETRIES) {
      return;
    }
    const isSame = () => this.#marks.get(offset) === 'failed' && this.#failed.get(offset) === failure;
    const again = () => this.#isStopped || !isSame() || this.offer(failure.message);
    setTimeout(again, RETRY_FIRST * 2 ** (failure.times - 1));
  }

  stop() {
    this.#isStopped = true;
    this.#queue = [];
  }

  forget() {
    this.#queue = [];
    this.#marks = new Map();
    this.#failed.clear();
    this.#isWaiting = true;
  }

  #run() {
    if (!this.#running && !this.#isWaiting && !this.#isStopped) {
      // A step later, so that a handler that unsubscribes within its first call is known to be busy.
      const work = Promise.resolve().then(() => this.#work());
      this.#running = work.finally(() => {
        this.#running = null;
        if (this.#queue.length > 0) {
          this.#run();
        }
      });
    }
  }

  async #work() {
    while (this.#queue.length > 0 && !this.#isWaiting) {
      const message = this.#queue.shift();
      const marks = this.#marks;
      const answered = () => (marks === this.#marks ? message : { ...message, offset: null }); // forgotten meanwhile
      try {
        await this.#call({ ...message }); // its own: whatever it does to it, the offset here stays
        this.#succeeded(answered());
      } catch (error) {
        this.#refused(answered(), error);
      }
    }
  }

  #succeeded({ offset }) {
    if (offset !== null) {
      this.#mark(offset, 'done');
      this.#failed.delete(offset);
      this.#listener.done(offset);
    }
  }

  #refused(message, error) {
    const { offset } = message;
    if (offset !== null) {
      const times = (this.#failed.get(offset)?.times ?? 0) + 1;
      this.#failed.set(offset, { message: { ...message, redelivered: true }, times });
      this.#mark(offset, 'failed');
    }
    this.#listener.failed(offset, error);
  }

  #mark(offset, mark) {
    this.#marks.set(offset, mark);
    if (this.#marks.size > REMEMBERED) {
      for (const [known, is] of this.#marks) {
        if (is !== 'queued') {
          this.#marks.delete(known);
          this.#failed.delete(known);
          break;
        }
      }
    }
  }
}
