import { Belfry } from '../../belfry.js';
import { problemOf, Tokens } from '../tokens.js';
import { Letters } from './letters.js';
import { Nodes } from './nodes.js';
import { User } from './user.js';

const OPERATOR = 'operator';
const STATES = { connecting: 'Connecting', connected: 'Connected', waiting: 'Waiting', closed: 'Disconnected' };

const $ = id => document.getElementById(id);
const tokens = new Tokens();
const tell = sentence => ($('announcer').textContent = sentence);
const user = new User($('user'), ask, tell);
const nodes = new Nodes({ rows: $('nodes'), rates: $('rates'), latency: $('latency'), slow: $('slow') }, look, tell);
let failure = ''; // of the last look that failed
const letters = new Letters($('letters'), ask, tell);

async function ask(path, method = 'GET') {
  const answer = await request(path, method).catch(error => {
    throw error instanceof TypeError ? new Error('The server cannot be reached.') : error;
  });
  if (!answer.ok) {
    throw new Error(await problemOf(answer));
  }
  return answer.status === 204 ? null : answer.json();
}

async function request(path, method) {
  const token = await tokens.of(OPERATOR, 'admin');
  return fetch(new URL(path, document.baseURI), { method, headers: { Authorization: `Bearer ${token}` } });
}

function look(name) {
  $('who').value = name;
  return user.show(name).catch(error => tell(error.message));
}

function showState({ state, reason = '' }, name = STATES[state]) {
  $('state').dataset.state = state;
  $('state-name').textContent = name;
  $('state').title = reason;
}

function connect() {
  const token = tokens.source(OPERATOR, 'admin');
  const belfry = new Belfry({ url: 'ws', token });
  belfry.addEventListener('state', ({ detail }) => {
    showState(detail);
    if (detail.state === 'closed' && typeof token === 'string') {
      wantToken(detail.reason);
    }
  });
  belfry.subscribe('/topic/belfry.nodes', message => {
    nodes.receive(message);
    refresh();
  });
}

async function refresh() {
  try {
    await Promise.all([user.refresh(), letters.refresh()]);
    if ($('announcer').textContent === failure) {
      tell('');
    }
  } catch (error) {
    failure = error.message;
    tell(failure);
  }
}

function wantToken(why) {
  $('token').hidden = false;
  $('refused').textContent = why;
}

async function start() {
  try {
    await ask('dead-letters?limit=1');
  } catch (error) {
    wantToken(error.message);
    showState({ state: 'closed' }, 'Not connected');
    return;
  }
  $('token').hidden = true;
  connect();
  refresh();
}

$('token').addEventListener('submit', event => {
  event.preventDefault();
  $('token-text').setCustomValidity(tokens.paste($('token-text').value) ? '' : 'This is no token: it has no subject.');
  if ($('token').reportValidity()) {
    start();
  }
});
$('token-text').addEventListener('input', () => $('token-text').setCustomValidity(''));
$('search').addEventListener('submit', event => {
  event.preventDefault();
  look($('who').value);
});

start();
