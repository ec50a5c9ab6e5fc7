import { Belfry, BelfryOptions, Handler, StateDetail } from './belfry.js';

/**
 * Subscribes while the component is there. Components that give the same options share one client. Does nothing while it
 * is rendered on a server.
 *
 * @param options or a client, which the caller closes
 * @param handlers by destination; each render may give new ones, without subscribing again
 */
export declare function useBelfry(
  options: BelfryOptions | Belfry,
  handlers: Record<string, Handler>,
): StateDetail & { belfry: Belfry | null };
