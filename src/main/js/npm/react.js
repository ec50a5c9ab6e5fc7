import { useEffect, useRef, useState } from 'react';
import { Belfry } from './belfry.js';

const AT_FIRST = { state: 'connecting' };

const clients = new Map(); // by what they are made with: components that ask for the same share one

/**
 * Subscribes while the component is there. Does nothing while it is rendered on a server.
 *
 * @param {import('./belfry.js').BelfryOptions | Belfry} options or a client that the caller closes
 * @param {Record<string, import('./belfry.js').Handler>} handlers by destination; each render may give new ones
 */
export function useBelfry(options, handlers) {
  const [seen, setSeen] = useState({ ...AT_FIRST, belfry: null });
  const latest = useRef(handlers);
  const held = useRef(null);
  const destinations = Object.keys(handlers).sort();
  const client = options instanceof Belfry ? options : keyOf(options);

  useEffect(() => {
    latest.current = handlers;
    if (!(options instanceof Belfry)) {
      renewToken(client, options.token);
    }
  });

  useEffect(() => {
    const { belfry, release } = acquire(options, client);
    const show = detail => setSeen({ ...detail, belfry });
    const listen = ({ detail }) => show(detail);
    belfry.addEventListener('state', listen);
    show({ state: belfry.state });
    const stops = new Map(); // by destination
    held.current = { belfry, stops };
    return () => {
      belfry.removeEventListener('state', listen);
      stops.forEach(stop => stop());
      release();
    };
  }, [client]);

  // What stays is not touched: one that subscribed again would be given what is under way a second time.
  useEffect(() => {
    const { belfry, stops } = held.current;
    for (const [destination, stop] of stops) {
      if (!destinations.includes(destination)) {
        stop();
        stops.delete(destination);
      }
    }
    for (const destination of destinations.filter(wanted => !stops.has(wanted))) {
      stops.set(destination, belfry.subscribe(destination, message => latest.current[destination]?.(message)));
    }
  }, [client, destinations.join(' ')]);

  return seen;
}

function keyOf({ url, token, device, tabs, from }) {
  return JSON.stringify([url, typeof token === 'string' ? token : null, device, tabs, from]);
}

function renewToken(key, token) {
  const known = clients.get(key);
  if (known) {
    known.token = token;
  }
}

function acquire(options, key) {
  if (options instanceof Belfry) {
    return { belfry: options, release: () => {} };
  }
  let known = clients.get(key);
  if (!known || known.belfry.state === 'closed') {
    known = { users: 0, token: options.token };
    const made = known;
    const token = typeof options.token === 'function' ? () => made.token() : options.token;
    known.belfry = new Belfry({ ...options, token });
    clients.set(key, known);
  }
  known.users++;
  return { belfry: known.belfry, release: () => release(key, known) };
}

// Later: React unmounts and mounts again at once where it looks for mistakes.
function release(key, known) {
  known.users--;
  setTimeout(() => {
    if (known.users === 0 && clients.get(key) === known) {
      clients.delete(key);
      known.belfry.close();
    }
  });
}
