// One conversation over Parley's WebSocket. A turn applies an event only if its seq is the next one, so events that come
// twice after a reconnect have no effect.
import { show } from './markdown.js';

const $ = id => document.getElementById(id);
const stored = (name, make) => localStorage.getItem(name) ?? keep(name, make());
const keep = (name, value) => (localStorage.setItem(name, value), value);
const id = () => [...crypto.getRandomValues(new Uint8Array(16))].map(b => b.toString(16).padStart(2, '0')).join('');

const user = stored('parley.user', () => `guest-${id().slice(0, 8)}`);
const givenToken = new URLSearchParams(location.hash.slice(1)).get('token'); // http://…/#token=<JWT>
const TOKEN_EXPIRED = 4401; // close code
class TokenRefused extends Error {}

let session = stored('parley.session', id);
let turns = new Map();
let socket;
let token;
let failures = 0;

connect();

async function connect() {
  try {
    token = await freshToken();
  } catch (e) {
    return reconnectLater(e.message);
  }
  try {
    await loadHistory();
  } catch (e) {
    if (e instanceof TokenRefused) return refusedToken();
    note(e.message); // chat works without history
  }
  socket = new WebSocket(`${location.origin.replace('http', 'ws')}/api/ws`, ['parley.v1', `bearer.${token}`]);
  socket.onmessage = message => receive(JSON.parse(message.data));
  socket.onclose = ({ code }) => (code === TOKEN_EXPIRED ? refusedToken(true) : reconnectLater('The connection is lost'));
}

/** A token from the address cannot be renewed here, so the page does not retry with it. Other tokens are requested again. */
function refusedToken(isExpired = expired(givenToken)) {
  if (!givenToken) return reconnectLater('The token was refused');
  socket = null;
  status(
    `The token ${isExpired ? 'has expired' : 'was refused'}. Get a new one, as with ./parley token --user NAME, ` +
      `and open ${location.origin}/#token=<the new token>`,
  );
}

function expired(jwt) {
  try {
    const claims = JSON.parse(atob(jwt.split('.')[1].replaceAll('-', '+').replaceAll('_', '/')));
    return claims.exp * 1000 <= Date.now();
  } catch {
    return false; // not a JWT
  }
}

let comeBackInMs = 0;
let noted = '';

const note = text => (noted = ` (${text})`);

function reconnectLater(reason) {
  const delay = comeBackInMs || Math.min(15000, 500 * 2 ** failures++) * (0.5 + Math.random() / 2);
  comeBackInMs = 0;
  socket = null;
  status(`${reason}; trying again in ${Math.ceil(delay / 1000)} s…`);
  setTimeout(connect, delay);
}

async function freshToken() {
  if (givenToken) return givenToken;
  const answer = await fetch('api/dev/token', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ user_id: user }),
  });
  if (answer.status === 404) throw new Error('This node gives no tokens: make one, as with ./parley token --user NAME, and add #token=<the token> to the address');
  if (!answer.ok) throw new Error(`No token (HTTP ${answer.status})`);
  return (await answer.json()).token;
}

/** Draws the stored turns. A turn that has events on the page already is not changed. */
async function loadHistory() {
  const of = session;
  let query = '';
  do {
    const answer = await fetch(`api/conversations/${of}/messages${query}`, {
      headers: { Authorization: `Bearer ${token}` },
    });
    if (answer.status === 404) return;
    if (answer.status === 401) throw new TokenRefused();
    if (!answer.ok) throw new Error(`No history (HTTP ${answer.status})`);
    const page = await answer.json();
    for (const item of of === session ? page.items : []) drawStored(item);
    query = page.next_cursor ? `?cursor=${encodeURIComponent(page.next_cursor)}` : '';
  } while (query);
}

function drawStored(item) {
  const turn = turns.get(item.message_id) ?? newTurn(item.message_id, true);
  if (turn.over || turn.next > 0) return;
  turn.acknowledged = true;
  if (item.role === 'user') {
    turn.asked.textContent = item.content;
  } else if (item.status !== 'streaming') {
    turn.text = item.content ?? '';
    (item.thinking ?? []).forEach(step => think(turn, step));
    end(turn, item.status === 'stopped' ? 'Stopped.' : (item.error && failure(item.error)) ?? made(item.metadata), !!item.error);
  }
}

function newTurn(messageId, stored = false) {
  const turn = { messageId, stored, next: 0, text: '', over: false, acknowledged: false };
  turn.node = element('section', 'turn');
  turn.asked = turn.node.appendChild(element('div', 'asked'));
  turn.answer = turn.node.appendChild(element('div', 'answer'));
  turn.answer.setAttribute('aria-busy', 'true');
  const live = [...turns.values()].find(other => !other.stored);
  turns.set(messageId, turn);
  $('hint').hidden = true;
  $('log').insertBefore(turn.node, stored && live ? live.node : null);
  return turn;
}

function receive({ type, data }) {
  switch (type) {
    case 'connect': return connected(data);
    case 'session_joined': return void (failures = 0);
    case 'stream_acknowledged': return void (turnOf(data).acknowledged = true);
    case 'error': return refused(data);
    case 'going_away': return void (comeBackInMs = data.reconnect_in_ms);
    default: return data.seq === undefined ? undefined : event(type, data);
  }
}

function connected({ user_id }) {
  status(`Connected as ${user_id}${noted}`);
  send('join_session', { session_id: session });
  for (const turn of turns.values()) {
    if (!turn.over) goOn(turn);
  }
}

/** Sending the same message id again never causes a second answer. */
function goOn(turn) {
  if (turn.acknowledged) send('resume', { session_id: session, message_id: turn.messageId, after_seq: turn.next - 1 });
  else send('chat_stream', turn.command);
}

function turnOf({ message_id }) {
  return turns.get(message_id) ?? newTurn(message_id);
}

function event(type, data) {
  if (data.session_id && data.session_id !== session) return;
  if (type !== 'stream_start' && !turns.has(data.message_id)) return;
  const turn = turnOf(data);
  if (data.seq !== turn.next || turn.over) return;
  turn.next++;
  switch (type) {
    case 'stream_start':
      turn.acknowledged = true;
      turn.asked.textContent = data.message;
      break;
    case 'thinking_chunk':
      think(turn, data.reasoning_step);
      break;
    case 'content_chunk':
      turn.text += data.content;
      break;
    case 'stream_resumed':
      status('Another worker carries on');
      break;
    case 'stream_complete':
      end(turn, made(data.metadata));
      break;
    case 'stream_error':
      end(turn, failure(data.error), true);
      break;
    case 'generation_stopped':
      end(turn, 'Stopped.');
      break;
  }
  draw(turn);
}

function refused({ code, message, message_id, session_id, retry_after_ms }) {
  const turn = turns.get(message_id);
  const later = code === 'UNAVAILABLE' || code === 'DATABASE_ERROR';
  if (!message_id && later && session_id === session) {
    setTimeout(() => send('join_session', { session_id: session }), retry_after_ms ?? 2000);
  }
  if (!turn || turn.over) return status(`${message} (${code})`);
  if (later) setTimeout(() => turn.over || goOn(turn), retry_after_ms ?? 2000);
  else if (turn.acknowledged) fromHistory(turn);
  else end(turn, `${message} (${code})`, true);
}

/** The stream ended too long ago to be resumed, so what is stored is shown. */
function fromHistory(turn) {
  turn.next = 0;
  turn.thinking?.remove();
  turn.thinking = null;
  loadHistory()
    .then(() => turn.over || end(turn, 'The rest of this answer cannot be read here', true))
    .catch(e => status(e.message));
}

const failure = error => `${error.message} (${error.code})`;

const made = by => by?.provider_used && `${by.provider_used} · ${by.model} · first token after ${by.time_to_first_token_ms} ms`;

function think(turn, step) {
  turn.thinking ??= turn.node.insertBefore(element('details', 'thinking'), turn.answer);
  if (!turn.thinking.firstChild) turn.thinking.append(element('summary', '', 'Thinking'));
  turn.thinking.open = !turn.over;
  turn.thinking.append(element('div', '', step.description));
}

function end(turn, note, wrong = false) {
  turn.over = true;
  turn.answer.setAttribute('aria-busy', 'false');
  if (turn.thinking) turn.thinking.open = false;
  if (note) turn.node.append(element('p', wrong ? 'note wrong' : 'note', note));
  draw(turn);
}

/** Draws at most once per animation frame. The view follows unless the reader has scrolled up. */
function draw(turn) {
  turn.drawing ??= requestAnimationFrame(() => {
    turn.drawing = null;
    const log = $('log');
    const following = log.scrollHeight - log.scrollTop - log.clientHeight < 120;
    show(turn.answer, turn.text);
    if (following) log.scrollTop = log.scrollHeight;
    $('stop').hidden = running().length === 0;
  });
}

const running = () => [...turns.values()].filter(turn => !turn.over);

function send(type, data) {
  if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify({ type, data }));
}

function ask(message) {
  const turn = newTurn(id());
  turn.asked.textContent = message;
  const context = $('reasoning').checked ? { enable_reasoning: true } : {};
  turn.command = { message_id: turn.messageId, session_id: session, message, context };
  send('chat_stream', turn.command);
  turn.node.scrollIntoView();
  draw(turn);
}

function stopAll() {
  running().forEach(turn => send('stop_generation', { message_id: turn.messageId, session_id: session }));
}

function element(tag, className, text = '') {
  const made = document.createElement(tag);
  made.className = className;
  made.textContent = text;
  return made;
}

function status(text) {
  $('status').textContent = text;
}

$('composer').addEventListener('submit', e => {
  e.preventDefault();
  const message = $('message').value.trim();
  if (!message) return;
  $('message').value = '';
  ask(message);
});
$('message').addEventListener('keydown', e => {
  if (e.key === 'Enter' && !e.shiftKey && !e.isComposing) {
    e.preventDefault();
    $('composer').requestSubmit();
  }
});
addEventListener('hashchange', () => location.reload()); // another token
document.addEventListener('keydown', e => e.key === 'Escape' && stopAll());
$('stop').addEventListener('click', stopAll);
$('new').addEventListener('click', () => {
  send('leave_session', { session_id: session });
  session = keep('parley.session', id());
  turns.forEach(turn => turn.node.remove());
  turns = new Map();
  $('hint').hidden = false;
  $('stop').hidden = true;
  send('join_session', { session_id: session });
  $('message').focus();
});
