/** Runs against the real server; the address and the key come from the environment. The simulated Claude answers. */
import assert from 'node:assert/strict';
import net from 'node:net';
import {test} from 'node:test';
import {AgentClient, AgentError, AgentSession} from '../agentws.js';

const url = String(process.env.AGENTWS_URL);
const key = String(process.env.AGENTWS_KEY);

/** @param {string} [to] */
const connect = (to = url) => AgentClient.connect({url: to, key, firstPauseMs: 5});

/** A line to the server that can be cut. */
class CutLine {
    /** @type {Set<net.Socket>} */
    sockets = new Set();
    refusing = false;
    server = net.createServer(client => {
        if (this.refusing) {
            client.destroy();
            return;
        }
        const there = net.connect(Number(new URL(url).port), '127.0.0.1');
        for (const [from, to] of /** @type {[net.Socket, net.Socket][]} */ ([[client, there], [there, client]])) {
            this.sockets.add(from);
            from.pipe(to);
            from.on('error', () => to.destroy());
            from.on('close', () => { to.destroy(); this.sockets.delete(from); });
        }
    });

    /** @returns {Promise<string>} the address of this end */
    open() {
        return new Promise(resolve => this.server.listen(0, '127.0.0.1', () => {
            const {port} = /** @type {net.AddressInfo} */ (this.server.address());
            resolve(`ws://127.0.0.1:${port}/ws`);
        }));
    }

    cut() {
        this.sockets.forEach(socket => socket.destroy());
    }

    close() {
        this.cut();
        this.server.close();
    }
}

test('a prompt is an iterator that ends with its result', async () => {
    const client = await connect();
    const session = await client.create({tools: []});
    /** @type {string[]} */
    const types = [];
    let pieces = '';
    let whole = '';
    for await (const frame of session.prompt('Hello there')) {
        types.push(frame.type);
        if (frame.type === 'agent_message') {
            whole = frame.complete ? frame.content : whole;
            pieces += frame.complete ? '' : frame.content;
        }
    }
    assert.equal(types.at(-1), 'agent_result');
    assert.equal(pieces, whole);
    assert.notEqual(whole, '');
    session.end();
    client.close();
});

test('sessions are read, found, named and forked', async () => {
    const client = await connect();
    const session = await client.create({tools: []});
    for await (const frame of session.prompt('Hello there')) {
        assert.notEqual(frame.type, 'error');
    }
    session.rename('Greeting of today');
    const found = await client.find({query: 'GREETING of', limit: 5});
    assert.deepEqual(found.sessions.map(each => each.id), [session.id]);
    assert.equal(found.next_cursor, null);
    const newest = await client.messages(session.id, {limit: 1});
    assert.equal(newest.messages[0]?.role, 'assistant');
    const rest = await client.messages(session.id, {cursor: newest.next_cursor});
    assert.equal(rest.messages.at(-1)?.content[0]?.text, 'Hello there');
    const fork = await client.fork(session.id, {index: 0});
    assert.equal((await client.messages(fork.id)).total, 1);
    await assert.rejects(client.fork(session.id, {index: 99}), {code: 'invalid_message'});
    await assert.rejects(client.reopen('nobody'), {code: 'session_not_found'});
    fork.end();
    session.end();
    client.close();
});

test('a question is answered and the tool runs', async () => {
    const client = await connect();
    const session = await client.create({});
    let approved = false;
    let result = '';
    for await (const frame of session.prompt('run `touch made-by-client.txt && echo done`')) {
        if (frame.type === 'permission_request') {
            session.allow(frame.request_id);
        } else if (frame.type === 'permission_acknowledged') {
            approved = frame.approved;
        } else if (frame.type === 'agent_tool_result') {
            result = frame.content;
        }
    }
    assert.equal(approved, true);
    assert.equal(result.trim(), 'done');
    session.end();
    client.close();
});

test('a refusal carries its reason to the model', async () => {
    const client = await connect();
    const session = await client.create({});
    let result = '';
    for await (const frame of session.prompt('run `touch never.txt`')) {
        if (frame.type === 'permission_request') {
            session.deny(frame.request_id, 'not on a Sunday');
        } else if (frame.type === 'agent_tool_result') {
            result = frame.content;
        }
    }
    assert.match(result, /not on a Sunday/);
    session.end();
    client.close();
});

test('cuts in mid-stream lose and double nothing', async () => {
    const line = new CutLine();
    const client = await connect(await line.open());
    const session = await client.create({tools: []});
    let pieces = '';
    let whole = '';
    let count = 0;
    let last = 0;
    for await (const frame of session.prompt('Tell me a long story of 60 words')) {
        if ('seq' in frame && frame.seq !== undefined) {
            assert.ok(frame.seq > last, `seq ${frame.seq} after ${last}`);
            last = frame.seq;
        }
        if (frame.type === 'agent_message') {
            whole = frame.complete ? frame.content : whole;
            pieces += frame.complete ? '' : frame.content;
            if (!frame.complete && count++ < 3) {
                line.cut();
            }
        }
    }
    assert.equal(pieces, whole);
    assert.ok(count > 0);
    session.end();
    client.close();
    line.close();
});

test('a prompt that the server never got is sent after the return', async () => {
    const line = new CutLine();
    const address = await line.open();
    /** @type {(value?: unknown) => void} */
    let waiting = () => undefined;
    const lost = new Promise(resolve => { waiting = resolve; });
    const client = await AgentClient.connect({
        url: address, key, firstPauseMs: 5,
        onState: state => { if (state === 'waiting') { waiting(); } },
    });
    const session = await client.create({tools: []});
    line.refusing = true;
    line.cut();
    await lost;
    const answer = session.ask('Hello there');
    line.refusing = false;
    assert.notEqual(await answer, '');
    const info = (await client.list()).find(each => each.id === session.id);
    assert.equal(info?.num_turns, 1);
    session.end();
    client.close();
    line.close();
});

test('a session is resumed by another client with all that was said', async () => {
    const first = await connect();
    const session = await first.create({tools: []});
    const answer = await session.ask('Hello there');
    first.close();
    const second = await connect();
    const resumed = await second.resume(session.id);
    let told = '';
    for await (const frame of resumed.frames()) {
        if (frame.type === 'agent_message' && frame.complete) {
            told = frame.content;
        } else if (frame.type === 'agent_result') {
            resumed.end();
        }
    }
    assert.equal(told, answer);
    second.close();
});

test('an interrupt ends the turn', async () => {
    const client = await connect();
    const session = await client.create({});
    let reason = '';
    for await (const frame of session.prompt('run `sleep 60`')) {
        if (frame.type === 'permission_request') {
            session.allow(frame.request_id);
        } else if (frame.type === 'permission_acknowledged') {
            session.interrupt();
        } else if (frame.type === 'agent_result') {
            reason = frame.stop_reason;
        }
    }
    assert.equal(reason, 'interrupted');
    session.end();
    client.close();
});

test('what the server refuses is an error with its code', async () => {
    const client = await connect();
    await assert.rejects(client.resume('nowhere'), {name: 'AgentError', code: 'session_not_found'});
    await assert.rejects(client.create({tools: ['Nothing']}), {name: 'AgentError', code: 'invalid_options'});
    client.close();
    await assert.rejects(AgentClient.connect({url, key: 'wrong'}), {name: 'AgentError', code: 'invalid_token'});
});

test('without a server it is said where none is', async () => {
    const line = new CutLine();
    const gone = await line.open();
    line.close();
    // longer than these tests may take, so it is not the patience that ends
    await assert.rejects(AgentClient.connect({url: gone, key, timeoutMs: 600_000}), failure => {
        assert.ok(failure instanceof AgentError);
        assert.equal(failure.code, 'unreachable');
        return true;
    });
});

test('a server that says nothing is given up', async () => {
    const silent = net.createServer(() => undefined);
    await new Promise(resolve => silent.listen(0, '127.0.0.1', () => resolve(undefined)));
    const {port} = /** @type {net.AddressInfo} */ (silent.address());
    await assert.rejects(
        AgentClient.connect({url: `ws://127.0.0.1:${port}/ws`, key, timeoutMs: 100}), {code: 'unreachable'});
    silent.close();
});

test('after a gap the place in the session is behind what is lost, and an uncertain prompt goes out again', () => {
    /** @type {any[]} */
    const sent = [];
    let open = false;
    const client = /** @type {any} */ ({
        /** @param {any} message */
        send(message) {
            sent.push(...(open ? [message] : []));
            return open;
        },
    });
    const session = new AgentSession(client, 'S', 120);
    session.submit('hello');
    open = true;
    session.accept({
        type: 'subscribed', session_id: 'S', after_seq: 120, first_seq: 100_000_101, last_seq: 100_000_100, gap: true, status: 'idle',
    });
    assert.equal(session.lastSeq, 100_000_100);
    assert.deepEqual(sent.map(message => message.type), ['send_prompt']);
    assert.equal(session.subscription().after_seq, 100_000_100);
});
