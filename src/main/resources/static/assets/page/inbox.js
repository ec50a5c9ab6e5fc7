import { keep, recall } from './device.js';
import { render, summarize } from './body.js';

const MAX_SHOWN = 1000;
const ANNOUNCE_AFTER = 400;
const TELL_AFTER = 20; // once for a burst

/**
 * The messages that have come, newest first, each once however often it comes.
 *
 * Unread is what is not acknowledged. What is marked read while there is no connection is acknowledged when it comes
 * again. Tells of changes by the event `change`, and of a first arrival by `arrival`.
 */
export class Inbox extends EventTarget {
  #list;
  #template;
  #announcer;
  #items = new Map(); // by offset
  #user = '';
  #last = null;
  #cursor = null;
  #unread = 0;
  #toAnnounce = [];
  #isTelling = false;

  /**
   * @param {HTMLElement} list
   * @param {HTMLTemplateElement} template of one message
   * @param {HTMLElement} announcer a live region
   */
  constructor(list, template, announcer) {
    super();
    this.#list = list;
    this.#template = template;
    this.#announcer = announcer;
  }

  get unread() {
    return this.#unread;
  }

  get isEmpty() {
    return this.#list.childElementCount === 0;
  }

  /** The last offset that has come to this browser, or null. */
  get last() {
    return this.#last;
  }

  /** The offset up to which everything that has come to this browser is read, or null. */
  get cursor() {
    return this.#cursor;
  }

  /** Empties it, for another person's messages. */
  show(user) {
    this.#user = user;
    this.#items.clear();
    this.#list.replaceChildren();
    this.#unread = 0;
    const [last, cursor] = (recall(this.#key()) ?? '').split(',').map(Number);
    this.#last = last || null;
    this.#cursor = cursor || null;
    this.#changed();
  }

  receive(message) {
    const known = message.offset === null ? undefined : this.#items.get(message.offset);
    if (known) {
      this.#receiveAgain(known, message);
      return;
    }
    const item = this.#itemOf(message);
    this.#insert(item);
    if (message.offset !== null) {
      this.#items.set(message.offset, item);
      this.#unread++;
      this.#last = Math.max(this.#last ?? 0, message.offset);
    }
    this.#dropOldest();
    this.#announce(message);
    this.#changed();
    this.dispatchEvent(new Event('arrival'));
  }

  readAll() {
    this.#items.forEach(item => this.#settle(item)); // oldest first
    this.#changed();
  }

  #receiveAgain(item, message) {
    item.acknowledge = message.acknowledge;
    if (item.isRead) {
      item.acknowledge();
    } else {
      this.#markAgain(item);
    }
  }

  #itemOf(message) {
    const element = this.#template.content.firstElementChild.cloneNode(true);
    const part = name => element.querySelector(name);
    const isKept = message.offset !== null;
    const item = { offset: message.offset, element, acknowledge: message.acknowledge, isRead: !isKept, times: 0 };
    element.dataset.offset = message.offset ?? '';
    element.classList.toggle('is-unread', isKept);
    const time = new Date(message.timestamp);
    part('time').dateTime = time.toISOString();
    part('time').title = time.toLocaleString();
    part('time').textContent = clock(time);
    part('.offset').textContent = isKept ? message.offset : '';
    part('.offset').title = isKept ? 'offset' : '';
    part('.live').hidden = isKept;
    part('.read').hidden = !isKept;
    part('.read').addEventListener('click', () => this.#read(item));
    part('.body').append(render(message.contentType, message.bytes));
    if (message.gapAfter !== null) {
      part('.gap').hidden = false;
      part('.gap').textContent = `Gap: older messages after ${message.gapAfter} were dropped, the inbox was full.`;
    }
    if (message.isRedelivered) {
      this.#markAgain(item);
    }
    return item;
  }

  #markAgain(item) {
    const mark = item.element.querySelector('.again');
    item.times++;
    mark.hidden = false;
    mark.title = 'It had been sent to this device before, and was not read.';
    mark.textContent = item.times > 1 ? `redelivered ×${item.times}` : 'redelivered';
  }

  // Nearly always the first place: they come in order.
  #insert(item) {
    let next = this.#list.firstElementChild;
    while (item.offset !== null && next !== null && Number(next.dataset.offset || Infinity) > item.offset) {
      next = next.nextElementSibling;
    }
    this.#list.insertBefore(item.element, next);
  }

  #dropOldest() {
    while (this.#list.childElementCount > MAX_SHOWN) {
      const oldest = this.#list.lastElementChild;
      const item = this.#items.get(Number(oldest.dataset.offset));
      if (item && !item.isRead) {
        return; // the window is as large, so it does not grow without end
      }
      this.#items.delete(item?.offset);
      oldest.remove();
    }
  }

  #read(item) {
    const next = neighbour(item.element);
    this.#settle(item);
    this.#changed();
    next?.querySelector('.read').focus();
    if (!next) {
      this.dispatchEvent(new Event('done'));
    }
  }

  #settle(item) {
    if (!item.isRead) {
      item.isRead = true;
      item.element.classList.remove('is-unread');
      item.element.querySelector('.read').textContent = 'Read';
      item.element.querySelector('.read').disabled = true;
      this.#unread--;
      item.acknowledge();
    }
  }

  #changed() {
    if (!this.#isTelling) {
      this.#isTelling = true;
      setTimeout(() => {
        this.#isTelling = false;
        this.#count();
        this.dispatchEvent(new Event('change'));
      }, TELL_AFTER);
    }
  }

  #count() {
    const offsets = [...this.#items.keys()];
    const unread = offsets.filter(offset => !this.#items.get(offset).isRead);
    const oldest = Math.min(...unread);
    const settled = offsets.filter(offset => offset < oldest);
    if (settled.length > 0) {
      this.#cursor = Math.max(this.#cursor ?? 0, ...settled);
    }
    if (this.#user && this.#last) {
      keep(this.#key(), `${this.#last},${this.#cursor ?? ''}`);
    }
  }

  // One sentence for all that came in a moment: a burst read out one by one would never end.
  #announce(message) {
    this.#toAnnounce.push(message);
    if (this.#toAnnounce.length === 1) {
      setTimeout(() => {
        const [first, ...more] = this.#toAnnounce;
        this.#toAnnounce = [];
        this.#announcer.textContent =
          more.length > 0
            ? `${more.length + 1} new messages`
            : `New message: ${summarize(first.contentType, first.bytes)}`;
      }, ANNOUNCE_AFTER);
    }
  }

  #key() {
    return `belfry.read.${this.#user}`;
  }
}

function neighbour(element) {
  const unread = [...element.parentElement.querySelectorAll('.is-unread')];
  const at = unread.indexOf(element);
  return unread[at + 1] ?? unread[at - 1];
}

function clock(time) {
  const isToday = time.toDateString() === new Date().toDateString();
  return isToday
    ? time.toLocaleTimeString()
    : time.toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'short' });
}
