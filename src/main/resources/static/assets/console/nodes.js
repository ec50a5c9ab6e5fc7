import uPlot from '../../webjars/uplot/dist/uPlot.esm.js';
import { button, element, show, table } from './elements.js';

const GONE_AFTER = 10_000;
const SHOWN = 150; // snapshots: five minutes of one node
const SHORTEST_SPAN = 60; // seconds that a chart shows at least
const TIME_STEPS = [5, 10, 15, 30, 60, 120, 300, 600]; // seconds between two labels
const TIME_LABEL = 72; // pixels, with some air
const CLOCK = new Intl.DateTimeFormat(undefined, { timeStyle: 'medium', hourCycle: 'h23' });

/** The nodes as they tell of themselves, and what they do together over the last minutes. */
export class Nodes {
  #rows;
  #nodes = new Map();
  #rates;
  #latency;
  #slow;

  /**
   * @param {object} targets
   * @param {(user: string) => void} look at a user
   * @param {(sentence: string) => void} tell
   */
  constructor({ rows, rates, latency, slow }, look, tell) {
    this.#rows = rows;
    this.#slow = new Slow(slow, look, tell);
    this.#rates = new Chart(rates, ['pushes', 'deliveries', 'redeliveries']);
    this.#latency = new Chart(latency, ['p50', 'p99']);
  }

  /** @param {{body: object}} message a node's snapshot */
  receive({ body }) {
    const before = this.#nodes.get(body.node);
    const rate = name => (before ? Math.max(0, ((body[name] - before[name]) * 1000) / (body.at - before.at)) : 0);
    const rates = { pushes: rate('pushes'), deliveries: rate('deliveries'), redeliveries: rate('redeliveries') };
    this.#nodes.set(body.node, { ...body, rates, heardAt: Date.now() });
    for (const [name, { heardAt }] of this.#nodes) {
      if (Date.now() - heardAt > GONE_AFTER) {
        this.#nodes.delete(name);
      }
    }
    this.#show();
  }

  #show() {
    const all = [...this.#nodes.values()].sort((a, b) => a.node.localeCompare(b.node));
    const sum = name => all.reduce((total, { rates }) => total + rates[name], 0);
    this.#rows.replaceChildren(...all.map(row));
    this.#rates.add([sum('pushes'), sum('deliveries'), sum('redeliveries')]);
    const worst = name => Math.max(...all.map(({ latency }) => latency[name]));
    this.#latency.add([worst('p50'), worst('p99')]);
    this.#slow.show(all.flatMap(({ node, slowest }) => slowest.map(client => ({ ...client, node }))));
  }
}

function row({ node, connections, slow, feeds, rates, redeliveries, deadLetters }) {
  const perSecond = [rates.pushes, rates.deliveries, rates.redeliveries].map(round);
  const cells = [connections, slow, feeds, ...perSecond, redeliveries, deadLetters];
  return element('tr', {}, element('th', { scope: 'row' }, node), ...cells.map(cell => element('td', {}, String(cell))));
}

/** The clients that take nothing though something waits for them, the slowest first. */
class Slow {
  #target;
  #look;
  #tell;
  #shown = '';

  constructor(target, look, tell) {
    this.#target = target;
    this.#look = look;
    this.#tell = tell;
  }

  show(clients) {
    const rows = clients
      .sort((a, b) => b.millis - a.millis)
      .map(({ user, device, session, transport, node, millis, pending }) => [
        user,
        device || session,
        transport,
        node,
        `${Math.round(millis / 1000)} s`,
        String(pending),
      ]);
    const seen = JSON.stringify(rows);
    if (seen === this.#shown) {
      return;
    }
    this.#shown = seen;
    const heads = ['User', 'Device or session', 'Transport', 'Node', 'Takes nothing for', 'Unacknowledged', 'Action'];
    const withLook = rows.map(([user, ...rest]) => {
      const look = button('Look', `Look at ${user}`, () => this.#look(user), this.#tell);
      return [user, ...rest, look];
    });
    show(
      this.#target,
      rows.length > 0 ? table('Each slow client', heads, withLook) : element('p', { class: 'soft' }, 'None.'),
    );
  }
}

class Chart {
  #plot;
  #element;
  #names;
  #data;

  constructor(target, names) {
    this.#element = target;
    this.#names = names;
    this.#data = [[], ...names.map(() => [])];
    const colours = ['--brass', '--good', '--bad'].map(name => getComputedStyle(document.body).getPropertyValue(name));
    const ink = () => getComputedStyle(document.body).color;
    const axis = { stroke: ink, grid: { stroke: 'rgba(128,128,128,.25)' }, ticks: { show: false } };
    const times = { ...axis, incrs: TIME_STEPS, space: TIME_LABEL, values: (_, seconds) => seconds.map(clock) };
    const series = names.map((label, i) => ({ label, stroke: () => resolved(colours[i]), width: 2, value: (_, v) => round(v) }));
    this.#plot = new uPlot(
      { ...this.#size(), legend: { show: false }, axes: [times, { ...axis, size: 48 }], scales: { y: { range: (_, __, max) => [0, Math.max(1, max * 1.1)] } }, series: [{}, ...series] },
      this.#data,
      target,
    );
    new ResizeObserver(() => this.#plot.setSize(this.#size())).observe(target);
  }

  add(values) {
    this.#data = [[...this.#data[0], Date.now() / 1000], ...values.map((value, i) => [...this.#data[i + 1], value])].map(
      column => column.slice(-SHOWN),
    );
    const at = this.#data[0];
    const now = at.at(-1);
    this.#plot.setData(this.#data, false);
    this.#plot.setScale('x', { min: Math.min(at[0], now - SHORTEST_SPAN), max: now });
    const key = this.#names.map((name, i) => element('span', {}, `${name} ${round(values[i])}`));
    this.#element.nextElementSibling.replaceChildren(...key);
  }

  #size() {
    return { width: this.#element.clientWidth, height: this.#element.clientHeight };
  }
}

// A canvas knows no light-dark(): an element does.
function resolved(colour) {
  const probe = element('span', {});
  probe.style.color = colour;
  document.body.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}

function clock(seconds) {
  return CLOCK.format(new Date(seconds * 1000));
}

function round(value) {
  return value === null || value === undefined ? '–' : String(Math.round(value * 10) / 10);
}
