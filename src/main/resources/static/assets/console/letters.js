import { body, button, element, show, table } from './elements.js';

/** The dead letters, and the way back for each. */
export class Letters {
  #ask;
  #target;
  #tell;
  #shown = '';

  constructor(target, ask, tell) {
    this.#target = target;
    this.#ask = ask;
    this.#tell = tell;
  }

  async refresh() {
    const letters = await this.#ask('dead-letters?limit=100');
    const seen = JSON.stringify(letters);
    if (seen === this.#shown) {
      return;
    }
    this.#shown = seen;
    const rows = letters.map(({ offset, destination, device, deliveries, reason, entry }) => [
      destination,
      device || '(shared)',
      String(deliveries),
      reason,
      body(entry.body),
      button('Redeliver', `Redeliver ${offset}`, async () => {
        await this.#ask(`dead-letters/${offset}/redeliver`, 'POST');
        this.#tell('It goes to its device once more.');
        await this.refresh();
      }, this.#tell),
    ]);
    const heads = ['Destination', 'Device', 'Deliveries', 'Reason', 'Body', 'Action'];
    show(
      this.#target,
      rows.length > 0 ? table('Each dead letter', heads, rows) : element('p', { class: 'soft' }, 'None.'),
    );
  }
}
