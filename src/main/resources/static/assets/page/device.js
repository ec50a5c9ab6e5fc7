const KEY = 'belfry.device';

/** This browser's own stable id: made once and kept, or for this page alone where nothing can be kept. */
export function deviceId() {
  const known = recall(KEY);
  if (/^[A-Za-z0-9._-]{1,64}$/.test(known ?? '')) {
    return known;
  }
  const random = crypto.getRandomValues(new Uint8Array(8));
  const id = 'web-' + Array.from(random, byte => byte.toString(16).padStart(2, '0')).join('');
  keep(KEY, id);
  return id;
}

/** What was kept in this browser under this key, or null. */
export function recall(key) {
  try {
    return localStorage.getItem(key);
  } catch {
    return null; // storage may be shut to this page
  }
}

/** Keeps it in this browser, where that is possible. */
export function keep(key, value) {
  try {
    localStorage.setItem(key, value);
  } catch {
    // shut, or full
  }
}
