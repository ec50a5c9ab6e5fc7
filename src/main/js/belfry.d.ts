/** Where a subscription starts: at the first entry that is kept, after the last one, or after this offset. */
export type From = 'earliest' | 'latest' | number;

export interface BelfryOptions {
  /** Of the WebSocket; relative to the page, `/ws` if not given. */
  url?: string;
  /** A token, or a function that is asked for one at each connect and before it expires. */
  token: string | (() => string | Promise<string>);
  /** This browser's own stable id, 1 to 64 of `A-Z a-z 0-9 . _ -`; made once and kept in localStorage if not given. */
  device?: string;
  /**
   * `shared` (the default): the tabs of one origin share one connection; where the browser has no Web Locks, as `each`.
   * `each`: one connection a tab, a device of its own.
   */
  tabs?: 'shared' | 'each';
  /** Where subscriptions start; at the device's cursor if not given. Applied once, not at reconnects. */
  from?: From;
}

export interface Message<Body = any> {
  /** Its place in the log; null for a message with TTL 0, which is not kept. */
  offset: number | null;
  id: string;
  /** Milliseconds since the epoch. */
  timestamp: number;
  contentType: string;
  /** Those of the push that are kept: `ce-*`, `traceparent`, `urgency`. */
  headers: Record<string, string>;
  /** The value where it is JSON, else a string where it is text (UTF-8), else a Uint8Array. */
  body: Body;
  /** It was sent to this device before and not acknowledged. */
  redelivered: boolean;
}

/**
 * Acknowledges by returning or resolving. One that throws or rejects gets that message again, after later ones. It is
 * not called while its last call is still going on.
 */
export type Handler<Body = any> = (message: Message<Body>) => unknown;

export type State = 'connecting' | 'connected' | 'waiting' | 'closed';

export interface StateDetail {
  state: State;
  /** `waiting`: milliseconds until the next try. */
  delay?: number;
  /** Why it is waiting or closed, in a sentence. */
  reason?: string;
}

/** Entries after `after` and before `offset` were dropped, since the log was full, before this client could have them. */
export interface GapDetail {
  destination: string;
  after: number;
  offset: number | null;
}

/** A handler has refused a message. Logged as a warning, unless the event's default is prevented. */
export interface ErrorDetail {
  destination: string;
  offset: number | null;
  error: unknown;
}

export interface BelfryEventMap {
  state: CustomEvent<StateDetail>;
  gap: CustomEvent<GapDetail>;
  error: CustomEvent<ErrorDetail>;
}

/**
 * A person's messages in this browser. It connects by itself, comes back by itself, and is over after `close()`, when an
 * operator disconnects it, or when a token that is a string is refused. Where there is no browser it does nothing.
 */
export declare class Belfry extends EventTarget {
  constructor(options: BelfryOptions);
  readonly state: State;
  /** Null until it is known. */
  readonly device: string | null;
  /**
   * @param destination `/user/queue/{queue}` or `/topic/{topic}`
   * @returns ends this subscription
   * @throws {DOMException} an `InvalidStateError` after `close()`
   */
  subscribe<Body = any>(destination: string, handler: Handler<Body>, options?: { from?: From }): () => void;
  /** Resolves once what was acknowledged is kept. */
  close(): Promise<void>;
  addEventListener<K extends keyof BelfryEventMap>(
    type: K,
    listener: ((this: Belfry, event: BelfryEventMap[K]) => any) | null,
    options?: boolean | AddEventListenerOptions,
  ): void;
  addEventListener(
    type: string,
    listener: EventListenerOrEventListenerObject | null,
    options?: boolean | AddEventListenerOptions,
  ): void;
  removeEventListener<K extends keyof BelfryEventMap>(
    type: K,
    listener: ((this: Belfry, event: BelfryEventMap[K]) => any) | null,
    options?: boolean | EventListenerOptions,
  ): void;
  removeEventListener(
    type: string,
    listener: EventListenerOrEventListenerObject | null,
    options?: boolean | EventListenerOptions,
  ): void;
}
