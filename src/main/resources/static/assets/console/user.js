import { body, button, element, show, table } from './elements.js';

const WAITING_SHOWN = 50;

/** What is known of one user, and what an operator can do about it. */
export class User {
  #ask;
  #target;
  #tell;
  #name = '';
  #shown = '';

  /**
   * @param {HTMLElement} target
   * @param {(path: string, method?: string) => Promise<any>} ask the HTTP API
   * @param {(sentence: string) => void} tell
   */
  constructor(target, ask, tell) {
    this.#target = target;
    this.#ask = ask;
    this.#tell = tell;
  }

  async show(name) {
    this.#name = name;
    this.#shown = '';
    await this.refresh();
  }

  /** Shows what has changed; nothing is touched where nothing has, so that the focus stays. */
  async refresh() {
    const name = this.#name;
    if (!name) {
      return;
    }
    const path = `user/${encodeURIComponent(name)}`;
    const presence = await this.#ask(path);
    const queues = await Promise.all(
      presence.queues.map(async ({ queue, last, pending }) => {
        const { entries, cursors } = await this.#ask(`${path}/queue/${queue}?limit=1000`);
        return { queue, last, pending, entries, cursors };
      }),
    );
    const seen = JSON.stringify([presence, queues]);
    if (name === this.#name && seen !== this.#shown) {
      this.#shown = seen;
      show(this.#target, ...this.#parts(path, presence, queues));
    }
  }

  #parts(path, { user, online, sessions }, queues) {
    const disconnect = button('Disconnect', `Disconnect ${user}`, async () => {
      await this.#ask(`${path}/sessions`, 'DELETE');
      this.#tell(`${user} is disconnected.`);
      await this.refresh();
    }, this.#tell);
    const rows = sessions.map(({ device, transport, node, since }) => [
      device || '(none)',
      transport,
      node,
      new Date(since).toLocaleString(),
    ]);
    return [
      element('h3', {}, `${user} is ${online ? 'online' : 'not online'} `, ...(online ? [disconnect] : [])),
      ...(rows.length > 0 ? [table(`Connections of ${user}`, ['Device', 'Transport', 'Node', 'Since'], rows)] : []),
      ...queues.flatMap(queue => this.#queue(path, queue)),
    ];
  }

  #queue(path, { queue, last, pending, entries, cursors }) {
    const devices = Object.entries(cursors).map(([device, cursor]) => [
      device || '(shared)',
      String(cursor),
      String(entries.filter(({ offset }) => offset > cursor).length),
    ]);
    const lowest = Math.min(...Object.values(cursors), Infinity);
    const waiting = entries.filter(({ offset }) => lowest === Infinity || offset > lowest).slice(0, WAITING_SHOWN);
    const rows = waiting.map(entry => [
      String(entry.offset),
      new Date(entry.timestamp).toLocaleString(),
      body(entry.body),
      button('Retract', `Retract ${entry.offset}`, async () => {
        await this.#ask(`${path}/queue/${queue}/${entry.offset}`, 'DELETE');
        this.#tell(`${entry.offset} is retracted.`);
        await this.refresh();
      }, this.#tell),
    ]);
    return [
      element('h3', {}, `Queue ${queue}: last offset ${last}, ${pending} that no device has acknowledged`),
      table(`Devices on ${queue}`, ['Device', 'Cursor', 'Waiting'], devices),
      ...(rows.length > 0 ? [table(`Waiting in ${queue}`, ['Offset', 'Since', 'Body', 'Action'], rows)] : []),
    ];
  }
}
