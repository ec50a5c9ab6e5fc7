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

/**
 * Shows this instead; whoever was on a button with the keyboard is on the same one again, or at the head of what is shown
 * where that has gone.
 */
export function show(target, ...children) {
  const focused = target.contains(document.activeElement) ? document.activeElement.getAttribute('aria-label') : null;
  target.replaceChildren(...children);
  if (focused !== null) {
    const same = [...target.querySelectorAll('[aria-label]')].find(node => node.getAttribute('aria-label') === focused);
    (same ?? target).focus();
  }
}

/** Does this when pressed; `tell` has the sentence of why it could not be done. */
export function button(text, label, act, tell) {
  const node = element('button', { type: 'button', class: 'quiet', 'aria-label': label }, text);
  node.addEventListener('click', async () => {
    if (node.getAttribute('aria-disabled') === 'true') {
      return;
    }
    node.setAttribute('aria-disabled', 'true'); // `disabled` would lose the focus
    try {
      await act();
    } catch (error) {
      tell(error.message);
    } finally {
      node.removeAttribute('aria-disabled');
    }
  });
  return node;
}

/** A body, which scrolls where it is long. */
export function body(value) {
  return element('pre', { tabindex: '0' }, typeof value === 'string' ? value : JSON.stringify(value));
}
