import uPlot from '../../webjars/uplot/dist/uPlot.esm.js';
import { element } from './elements.js';

const GONE_AFTER = 10_000;
const SHOWN = 150; // snapshots: five minutes of one node

/** The nodes as they tell of themselves, and what they do together over the last minutes. */
export class Nodes {
  #rows;
  #nodes = new Map();
  #rates;
  #latency;
  #lags = [];

  constructor({ rows, rates, latency }) {
    this.#rows = rows;
    this.#rates = new Chart(rates, ['pushes', 'deliveries', 'redeliveries']);
    this.#latency = new Chart(latency, ['p50', 'p99']);
  }

  /** @param {{timestamp: number, body: object}} message a node's snapshot */
  receive({ timestamp, body }) {
    const before = this.#nodes.get(body.node);
    const rate = name => (before ? Math.max(0, ((body[name] - before[name]) * 1000) / (body.at - before.at)) : 0);
    const rates = { pushes: rate('pushes'), deliveries: rate('deliveries'), redeliveries: rate('redeliveries') };
    this.#nodes.set(body.node, { ...body, rates, heardAt: Date.now() });
    for (const [name, { heardAt }] of this.#nodes) {
      if (Date.now() - heardAt > GONE_AFTER) {
        this.#nodes.delete(name);
      }
    }
    this.#lags = [...this.#lags, Math.max(0, Date.now() - timestamp)].slice(-SHOWN);
    this.#show();
  }

  #show() {
    const all = [...this.#nodes.values()].sort((a, b) => a.node.localeCompare(b.node));
    const sum = name => all.reduce((total, { rates }) => total + rates[name], 0);
    this.#rows.replaceChildren(...all.map(row));
    this.#rates.add([sum('pushes'), sum('deliveries'), sum('redeliveries')]);
    const sorted = this.#lags.toSorted((a, b) => a - b);
    const quantile = q => sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))];
    this.#latency.add([quantile(0.5), quantile(0.99)]);
  }
}

function row({ node, connections, slow, feeds, rates }) {
  const cells = [connections, slow, feeds, ...[rates.pushes, rates.deliveries, rates.redeliveries].map(round)];
  return element('tr', {}, element('th', { scope: 'row' }, node), ...cells.map(cell => element('td', {}, String(cell))));
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
    const series = names.map((label, i) => ({ label, stroke: () => resolved(colours[i]), width: 2, value: (_, v) => round(v) }));
    this.#plot = new uPlot(
      { ...this.#size(), axes: [axis, { ...axis, size: 48 }], scales: { y: { range: (_, __, max) => [0, Math.max(1, max * 1.1)] } }, series: [{}, ...series] },
      this.#data,
      target,
    );
    new ResizeObserver(() => this.#plot.setSize(this.#size())).observe(target);
  }

  add(values) {
    this.#data = [[...this.#data[0], Date.now() / 1000], ...values.map((value, i) => [...this.#data[i + 1], value])].map(
      column => column.slice(-SHOWN),
    );
    this.#plot.setData(this.#data);
    this.#element.nextElementSibling.textContent = this.#names.map((name, i) => `${name} ${round(values[i])}`).join(', ');
  }

  #size() {
    return { width: this.#element.clientWidth, height: this.#element.clientHeight - 64 };
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

function round(value) {
  return value === null || value === undefined ? '–' : String(Math.round(value * 10) / 10);
}
