const DEVICE_KEY = 'belfry.device';
const DEVICE = /^[A-Za-z0-9._-]{1,64}$/;
const HANDOVER = 500; // a page that is being reloaded holds its device for a moment longer

export function isDevice(name) {
  return typeof name === 'string' && DEVICE.test(name);
}

/** This browser's own stable id: made once and kept, or for this page alone where nothing can be kept. */
export function browserDevice() {
  return recalled(() => localStorage) ?? kept(() => localStorage, `web-${randomHex(8)}`);
}

/**
 * This tab's own id, which lasts as long as the tab. A tab that was duplicated has the other one's storage too: the
 * second one to ask makes an id of its own.
 *
 * @param {Promise<void>} over until when it is the caller's
 */
export async function tabDevice(over) {
  const known = recalled(() => sessionStorage);
  if (known && (await hold(known, over))) {
    return known;
  }
  const made = kept(() => sessionStorage, `tab-${randomHex(8)}`);
  await hold(made, over);
  return made;
}

export function randomHex(bytes) {
  const random = crypto.getRandomValues(new Uint8Array(bytes));
  return Array.from(random, byte => byte.toString(16).padStart(2, '0')).join('');
}

// Whether nobody else has this device; from now on this page has it, until that is over or the page is gone.
async function hold(device, over) {
  if (!globalThis.navigator?.locks) {
    return true;
  }
  const { promise, resolve } = deferred();
  navigator.locks
    .request(`belfry:device:${device}`, { signal: AbortSignal.timeout(HANDOVER) }, () => {
      resolve(true);
      return over;
    })
    .catch(() => resolve(false));
  return promise;
}

// Storage may be shut to this page, or full.
function recalled(storage) {
  try {
    const known = storage().getItem(DEVICE_KEY);
    return isDevice(known) ? known : null;
  } catch {
    return null;
  }
}

function kept(storage, device) {
  try {
    storage().setItem(DEVICE_KEY, device);
  } catch {
    // It lasts as long as this page, then.
  }
  return device;
}

export function deferred() {
  let resolve;
  const promise = new Promise(settle => (resolve = settle));
  return { promise, resolve };
}
