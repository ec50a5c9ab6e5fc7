/** An element with these children; text is text and never markup. */
export function element(name, attributes, ...children) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    node.setAttribute(key, value);
  }
  node.append(...children);
  return node;
}

/** A table, which scrolls where it is wider than the page. */
export function table(label, heads, rows) {
  const head = element('tr', {}, ...heads.map(text => element('th', { scope: 'col' }, text)));
  const body = rows.map(cells => element('tr', {}, ...cells.map(cell => element('td', {}, cell))));
  return element(
    'div',
    { class: 'scrolls', tabindex: '0', role: 'region', 'aria-label': label },
    element('table', {}, element('thead', {}, head), element('tbody', {}, ...body)),
  );
}

/** Shows this instead; whoever was on a button with the keyboard is on the same one again. */
export function show(target, ...children) {
  const focused = target.contains(document.activeElement) ? document.activeElement.getAttribute('aria-label') : null;
  target.replaceChildren(...children);
  if (focused !== null) {
    [...target.querySelectorAll('[aria-label]')].find(node => node.getAttribute('aria-label') === focused)?.focus();
  }
}

export function button(text, label, act) {
  const node = element('button', { type: 'button', class: 'quiet', 'aria-label': label }, text);
  node.addEventListener('click', async () => {
    node.disabled = true;
    try {
      await act();
    } finally {
      node.disabled = false;
    }
  });
  return node;
}
