import { Person } from './person.js';
import { DemoOff, Tokens } from '../tokens.js';

const FIRST_PERSON = 'alice'; // whom the command that the server prints at its start pushes to
const SECOND_PERSON = 'bob';

const $ = id => document.getElementById(id);
const tokens = new Tokens();
const chosen = new URLSearchParams(location.search);
const people = [];

function add(name, parameter, suffix) {
  const person = new Person({ template: $('person'), message: $('message'), tokens, suffix });
  person.addEventListener('change', showAll);
  person.addEventListener('arrival', ({ detail }) => {
    $('logo').classList.add('rings');
    $('announcer').textContent = `New message for ${person.name}: ${detail}`;
  });
  person.addEventListener('renamed', () => {
    const address = new URL(location.href);
    address.searchParams.set(parameter, person.name);
    history.replaceState(null, '', address);
    showCurl();
  });
  $('people').append(person.element);
  people.push(person);
  person.become(name);
}

function showAll() {
  const unread = people.reduce((sum, person) => sum + person.unread, 0);
  document.title = `${unread > 0 ? `(${unread}) ` : ''}Belfry · ${people[0].name}`;
}

async function showCurl() {
  const { name } = people[0];
  const token = await tokens.of(name, 'push').catch(() => '$TOKEN');
  const url = new URL(`user/${encodeURIComponent(name)}/queue/notifications`, document.baseURI);
  const quote = token === '$TOKEN' ? '"' : "'";
  $('curl').textContent =
    `curl '${url}' \\\n  -H ${quote}Authorization: Bearer ${token}${quote} \\\n  -d '{"title":"Hello","text":"It works."}'`;
  $('curl-box').hidden = false;
}

async function start() {
  try {
    await tokens.of(FIRST_PERSON);
  } catch (error) {
    if (error instanceof DemoOff) {
      $('token').hidden = false;
      $('steps').hidden = true; // nobody is there to try them with
      return;
    }
  }
  add(chosen.get('user') || FIRST_PERSON, 'user', '');
  add(chosen.get('other') || SECOND_PERSON, 'other', '-2');
  showCurl();
}

$('token').addEventListener('submit', event => {
  event.preventDefault();
  const name = tokens.paste($('token-text').value);
  $('token-text').setCustomValidity(name ? '' : 'This is no token: it has no subject.');
  if ($('token').reportValidity()) {
    $('token').hidden = true;
    $('steps').hidden = false;
    add(name, 'user', '');
    add(name, 'user', '-2');
    showCurl();
  }
});
$('token-text').addEventListener('input', () => $('token-text').setCustomValidity(''));

$('copy').addEventListener('click', async () => {
  getSelection().selectAllChildren($('curl'));
  await navigator.clipboard?.writeText($('curl').textContent);
  $('copy').textContent = 'Copied';
  setTimeout(() => ($('copy').textContent = 'Copy'), 2_000);
});
$('logo').addEventListener('animationend', () => $('logo').classList.remove('rings'));

start();
