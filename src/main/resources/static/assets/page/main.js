import { Connection } from './connection.js';
import { deviceId } from './device.js';
import { Inbox } from './inbox.js';
import { PushForm } from './push.js';
import { DemoOff, Tokens } from './tokens.js';

const FIRST_PERSON = 'alice'; // whom the command that the server prints at its start pushes to
const STATES = { connecting: 'Connecting', connected: 'Connected', waiting: 'Waiting', closed: 'Disconnected' };

const $ = id => document.getElementById(id);
const device = deviceId();
const tokens = new Tokens();
const inbox = new Inbox($('messages'), $('message'), $('announcer'));
const push = new PushForm({
  form: $('push'),
  answer: $('answer'),
  curl: $('curl'),
  token: () => tokens.of(user, 'push'),
});

let user = '';
let connection = null;
let countdown = 0;

/** Reads this person's inbox from now on, on a connection of its own. */
function become(name) {
  const previous = connection;
  connection = connect(name);
  previous?.close();
  user = name;
  showName(name);
  inbox.show(name);
  push.addressTo(name);
  push.renewToken();
  connection.open();
}

function showName(name) {
  document.querySelectorAll('.me').forEach(node => (node.textContent = name));
}

function connect(name) {
  const socket = new URL('ws', document.baseURI);
  socket.protocol = socket.protocol.replace('http', 'ws');
  const made = new Connection({
    url: socket.href,
    device,
    token: () => tokens.of(name),
    canRenew: () => tokens.canRenew,
  });
  made.addEventListener('state', ({ detail }) => made === connection && showState(detail));
  made.addEventListener('message', ({ detail }) => made === connection && inbox.receive(detail));
  return made;
}

function showState({ state, delay = 0, reason = '', error }) {
  const isClosed = state === 'closed';
  $('state').dataset.state = state;
  $('state-name').textContent = STATES[state];
  $('reason').textContent = reason || { connected: 'Messages come as they are pushed.', closed: 'Messages wait in the inbox.' }[state] || '';
  $('switch').textContent = isClosed ? 'Connect' : 'Disconnect';
  $('switch').classList.toggle('primary', isClosed);
  $('retry').disabled = state !== 'waiting';
  if (error instanceof DemoOff) {
    $('person').hidden = true;
    $('token').hidden = false;
    showName('a person');
    user = '';
    showInbox();
  }
  $('switch').disabled = error instanceof DemoOff;
  countDown(state === 'waiting' ? Date.now() + delay : 0);
  if (state !== 'connecting') {
    $('announcer').textContent = `${STATES[state]}. ${reason}`;
  }
}

function countDown(until) {
  clearInterval(countdown);
  const show = () => {
    const seconds = Math.max(1, Math.ceil((until - Date.now()) / 1000));
    $('state-name').textContent = `${STATES.waiting}, next try in ${seconds} s`;
  };
  if (until > 0) {
    show();
    countdown = setInterval(show, 250);
  }
}

function showInbox() {
  const { unread } = inbox;
  document.title = `${unread > 0 ? `(${unread}) ` : ''}Belfry${user ? ` · ${user}` : ''}`;
  $('unread').textContent = `${unread} unread`;
  $('unread').dataset.count = unread;
  $('read-all').disabled = unread === 0;
  $('empty').hidden = !inbox.isEmpty;
  $('last').textContent = inbox.last ?? '–';
  $('cursor').textContent = inbox.cursor ?? '–';
}

/** Whom the page is for: shown in the form and kept in the address. */
function choose(name) {
  const { known, other } = $('person').elements;
  known.forEach(radio => (radio.checked = radio.value === name));
  other.value = known.value ? '' : name;
  const address = new URL(location.href);
  address.searchParams.set('user', name);
  history.replaceState(null, '', address);
  become(name);
}

$('person').addEventListener('change', ({ target }) => {
  const name = target.value.trim();
  if (name && name !== user && $('person').reportValidity()) {
    choose(name);
  }
});
$('person').addEventListener('submit', event => event.preventDefault());

$('token').addEventListener('submit', event => {
  event.preventDefault();
  const name = tokens.paste($('token-text').value);
  $('token-text').setCustomValidity(name ? '' : 'This is no token: it has no subject.');
  if ($('token').reportValidity()) {
    become(name);
  }
});
$('token-text').addEventListener('input', () => $('token-text').setCustomValidity(''));

$('switch').addEventListener('click', () => (connection.state === 'closed' ? connection.open() : connection.close()));
$('retry').addEventListener('click', () => connection.retry());
$('read-all').addEventListener('click', () => {
  inbox.readAll();
  $('inbox-title').focus();
});
$('copy').addEventListener('click', async () => {
  getSelection().selectAllChildren($('curl'));
  await navigator.clipboard?.writeText($('curl').textContent);
  $('copy').textContent = 'Copied';
  setTimeout(() => ($('copy').textContent = 'Copy'), 2_000);
});

inbox.addEventListener('change', showInbox);
inbox.addEventListener('done', () => $('inbox-title').focus());
inbox.addEventListener('arrival', () => {
  $('logo').classList.add('rings');
});
$('logo').addEventListener('animationend', () => $('logo').classList.remove('rings'));

addEventListener('online', () => connection.retry());
document.addEventListener('visibilitychange', () => document.hidden || connection.retry());

$('device').textContent = device;
$('curl-box').open = matchMedia('(min-width: 60rem)').matches;
choose(new URLSearchParams(location.search).get('user') || FIRST_PERSON);
