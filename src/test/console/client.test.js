/** The JavaScript client in a browser, as the server gives it to the console, on a page that has nothing to do with the console. */
import assert from 'node:assert/strict';
import test, {after, before} from 'node:test';
import {chromium} from 'playwright-core';
import {KEY, startDoor, startServer} from './server.js';

/** @type {Awaited<ReturnType<typeof startServer>>} */
let server;
/** @type {Awaited<ReturnType<typeof startDoor>>} */
let door;
/** @type {import('playwright-core').Browser} */
let browser;
/** @type {import('playwright-core').Page} */
let page;

before(async () => {
    server = await startServer();
    door = await startDoor(server.port);
    browser = await chromium.launch({executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox']});
    page = await browser.newPage();
    page.setDefaultTimeout(30_000);
    await page.exposeFunction('cut', () => door.cut());
    await page.exposeFunction('shut', (/** @type {boolean} */ now) => door.shut(now));
    const index = await (await fetch(`http://127.0.0.1:${server.port}/`, {headers: {accept: 'text/html'}})).text();
    const client = /\/console\/[0-9a-f]+\/agentws\.js/.exec(index)?.[0];
    assert.ok(client !== undefined, 'the page names the client');
    await page.goto(`http://127.0.0.1:${door.port}/health`);
    await page.evaluate(async ([from, url, key]) => {
        const {AgentClient} = await import(String(from));
        Object.assign(globalThis, {AgentClient, options: {url, key, firstPauseMs: 5}});
    }, [client, `ws://127.0.0.1:${door.port}/ws`, KEY]);
});
after(async () => {
    await browser?.close();
    door?.close();
    await server?.close();
});

test('cut again and again in mid-stream, every piece comes once and in order', async () => {
    const seen = await page.evaluate(async () => {
        const {AgentClient, options, cut} = /** @type {any} */ (globalThis);
        const client = await AgentClient.connect(options);
        const session = await client.create({tools: []});
        const seen = {pieces: '', whole: '', numbers: /** @type {number[]} */ ([]), cuts: 0, replayed: 0};
        for await (const frame of session.prompt('[[n=600,pace=3000]]')) {
            if (frame.seq !== undefined) {
                seen.numbers.push(frame.seq);
                seen.replayed += frame.replayed ? 1 : 0;
            }
            if (frame.type === 'agent_message' && frame.complete) {
                seen.whole = frame.content;
            } else if (frame.type === 'agent_message') {
                seen.pieces += frame.content;
                if (seen.cuts < 5 && seen.pieces.length > 200 * (seen.cuts + 1)) {
                    seen.cuts++;
                    await cut();
                }
            }
        }
        session.end();
        client.close();
        return seen;
    });
    assert.equal(seen.cuts, 5);
    assert.ok(seen.replayed > 0, 'something was sent again');
    assert.ok(seen.whole.length > 1000);
    assert.equal(seen.pieces, seen.whole);
    assert.deepEqual(seen.numbers, [...new Set(seen.numbers)].sort((a, b) => a - b));
});

test('a patient client waits for its server, another gives up', async () => {
    door.shut(true);
    const {refusal, states} = await page.evaluate(async () => {
        const {AgentClient, options, shut} = /** @type {any} */ (globalThis);
        const refusal = await AgentClient.connect(options).catch((/** @type {any} */ failure) => failure.code);
        /** @type {string[]} */
        const states = [];
        const client = new AgentClient({...options, patient: true, onState: (/** @type {string} */ state) => {
            states.push(state);
            if (states.length === 4) {
                shut(false);
            }
        }});
        await client.open();
        client.close();
        return {refusal, states};
    });
    assert.equal(refusal, 'unreachable');
    assert.deepEqual(states.slice(0, 4), ['connecting', 'waiting', 'connecting', 'waiting']);
    assert.deepEqual(states.slice(-2), ['ready', 'closed']);
});

test('what is refused of another message does not end the loop of a prompt', async () => {
    const types = await page.evaluate(async () => {
        const {AgentClient, options} = /** @type {any} */ (globalThis);
        const client = await AgentClient.connect(options);
        const session = await client.create({tools: []});
        /** @type {string[]} */
        const types = [];
        for await (const frame of session.prompt('[[n=50,pace=1000]]')) {
            if (types.length === 0) {
                session.setMode('whatever');
            }
            types.push(frame.type);
        }
        session.end();
        client.close();
        return types;
    });
    assert.ok(types.includes('error'));
    assert.equal(types.at(-1), 'agent_result');
});
