// What a good afternoon's work on Node is: sessions with history, one frame per delta, back-pressure. PORT, TOKEN and UPSTREAM
// (http://127.0.0.1:PORT) come from the environment.
import http from 'node:http';
import { WebSocketServer } from 'ws';

const { PORT, TOKEN, UPSTREAM } = process.env;
const HIGH = 64 * 1024; // bytes a client may leave unread before its upstream waits
const agent = new http.Agent({ keepAlive: true, maxSockets: Infinity });

function call(messages, signal) {
  return new Promise((resolve, reject) => {
    const body = JSON.stringify({ model: 'claude-sonnet-4-6', max_tokens: 4096, stream: true, messages });
    const request = http.request(UPSTREAM + '/v1/messages', {
      agent, signal, method: 'POST',
      headers: {
        'x-api-key': 'k', 'anthropic-version': '2023-06-01',
        'content-type': 'application/json', 'content-length': Buffer.byteLength(body),
      },
    }, resolve);
    request.on('error', reject);
    request.end(body);
  });
}

async function turn(socket, id, history, prompt, signal) {
  history.push({ role: 'user', content: prompt });
  const response = await call(history, signal);
  if (response.statusCode !== 200) throw new Error('upstream status ' + response.statusCode);
  response.setEncoding('utf8');
  let answer = '';
  let rest = '';
  for await (const chunk of response) {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop();
    for (const line of lines) {
      if (!line.startsWith('data:')) continue;
      const event = JSON.parse(line.slice(5));
      if (event.type !== 'content_block_delta') continue;
      const frame = { type: 'agent_message', session_id: id };
      if (event.delta.type === 'text_delta') {
        answer += event.delta.text;
        Object.assign(frame, { content: event.delta.text, complete: false });
      } else if (event.delta.type === 'thinking_delta') {
        Object.assign(frame, { type: 'agent_thinking', thinking: true, content: event.delta.thinking });
      } else continue;
      const text = JSON.stringify(frame);
      if (socket.bufferedAmount < HIGH) socket.send(text);
      else await new Promise((sent) => socket.send(text, sent));
    }
  }
  history.push({ role: 'assistant', content: answer || '(nothing)' });
  socket.send(JSON.stringify({ type: 'agent_message', session_id: id, content: answer, complete: true }));
}

function serve(socket) {
  const sessions = new Map();
  const closed = new AbortController();
  let authorised = false;
  socket.on('message', (data) => {
    const message = JSON.parse(data);
    const id = message.session_id;
    if (!authorised) {
      if (message.type !== 'auth' || message.token !== TOKEN) return socket.close(1008);
      authorised = true;
      socket.send('{"type":"auth_success"}');
    } else if (message.type === 'create_session') {
      sessions.set(id, []);
      socket.send(JSON.stringify({ type: 'session_created', session_id: id }));
    } else if (message.type === 'send_prompt') {
      turn(socket, id, sessions.get(id), message.prompt, closed.signal).catch((error) => {
        if (!closed.signal.aborted) socket.send(JSON.stringify({ type: 'error', session_id: id, message: String(error) }));
      });
    } else if (message.type === 'end_session') {
      sessions.delete(id);
    }
  });
  socket.on('close', () => closed.abort());
  socket.on('error', () => {});
}

new WebSocketServer({ host: '127.0.0.1', port: Number(PORT), path: '/ws', backlog: 4096, perMessageDeflate: false })
  .on('connection', serve);
