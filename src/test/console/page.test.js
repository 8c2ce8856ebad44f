/** The page in a real browser against the real server. Every test fails on an error or a violated policy in the browser's console. */
import assert from 'node:assert/strict';
import {readFile, writeFile} from 'node:fs/promises';
import {createRequire} from 'node:module';
import path from 'node:path';
import test, {after, afterEach, before, beforeEach} from 'node:test';
import {chromium} from 'playwright-core';
import {KEY, startDoor, startServer} from './server.js';

/** @typedef {import('playwright-core').Page} Page */

const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
/** Where to leave pictures for people, if anywhere. */
const SHOTS = process.env.SHOTS;

/** @type {Awaited<ReturnType<typeof startServer>>} */
let server;
/** @type {Awaited<ReturnType<typeof startDoor>>} */
let door;
/** @type {import('playwright-core').Browser} */
let browser;
/** @type {Page} */
let page;
/** @type {string[]} */
let complaints;

before(async () => {
    server = await startServer({'--permission-timeout-seconds': '600'});
    door = await startDoor(server.port);
    browser = await chromium.launch({executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox']});
});
after(async () => {
    await browser?.close();
    door?.close();
    await server?.close();
});
beforeEach(async () => {
    complaints = [];
    page = await open();
});
afterEach(async () => {
    await page.context().close();
    assert.deepEqual(complaints, []);
});

/** @param {import('playwright-core').BrowserContextOptions} options */
async function open(options = {}) {
    const context = await browser.newContext({viewport: {width: 1280, height: 820}, ...options});
    const opened = await context.newPage();
    opened.setDefaultTimeout(15_000);
    opened.on('console', message => {
        // A socket that cannot connect is said by the browser itself, and is what the test is about.
        if (['error', 'warning'].includes(message.type()) && !message.text().startsWith('WebSocket connection to')) {
            complaints.push(message.text());
        }
    });
    opened.on('pageerror', error => complaints.push(String(error.stack)));
    return opened;
}

async function enter(on = page, port = server.port) {
    await on.goto(`http://127.0.0.1:${port}/#key=${KEY}`);
    await on.waitForSelector('.start');
}

/** @param {string} prompt */
async function say(prompt, on = page) {
    await on.fill('#prompt', prompt);
    await on.press('#prompt', 'Enter');
}

/** @param {string} name */
async function shot(name, on = page) {
    if (SHOTS) {
        await on.screenshot({path: path.join(SHOTS, `${name}.png`)});
    }
}

/** Serious findings of the accessibility checker. */
async function findings(on = page) {
    // Colours on their way from one state to another are not what anybody reads.
    await on.evaluate(() => Promise.all(document.getAnimations().filter(each => each.effect?.getTiming().iterations !== Infinity)
        .map(each => each.finished.catch(() => undefined))));
    await on.evaluate(await readFile(AXE, 'utf8'));
    return on.evaluate(async () => {
        const report = await /** @type {any} */ (globalThis).axe.run({resultTypes: ['violations']});
        return report.violations.filter((/** @type {any} */ each) => ['serious', 'critical'].includes(each.impact))
            .map((/** @type {any} */ each) => `${each.id}: ${each.nodes.map((/** @type {any} */ node) => `${node.html} ${node.failureSummary}`).join(' | ')}`);
    });
}

test('without a key it is asked for, a wrong one is refused, the right one lets in', async () => {
    await page.goto(`http://127.0.0.1:${server.port}/`);
    await page.fill('#key', 'wrong');
    await page.press('#key', 'Enter');
    await page.waitForFunction(() => document.getElementById('refusal')?.textContent === 'Invalid token');
    assert.deepEqual(await findings(), []);
    await shot('login');
    await page.fill('#key', KEY);
    await page.press('#key', 'Enter');
    await page.waitForSelector('.start');
    await page.reload();
    await page.waitForSelector('.start');
});

test('a key in the address is taken out of it at once, and the page is there soon', async () => {
    for (const given of [`/#key=${KEY}`, `/?token=${KEY}`]) {
        const fresh = await open();
        await fresh.goto(`http://127.0.0.1:${server.port}${given}`);
        await fresh.waitForSelector('.start');
        assert.equal(new URL(fresh.url()).href, `http://127.0.0.1:${server.port}/`);
        const paint = await fresh.evaluate(() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime);
        assert.ok(paint !== undefined && paint < 3000, `first paint after ${paint} ms`);
        await fresh.context().close();
    }
});

test('a whole conversation: options, a plan of tools, questions with yes, like this, and no', async () => {
    await enter();
    assert.deepEqual(await findings(), []);
    await shot('start');
    await say('read notes.txt then replace "Call Ada." with "Call Ada and Grace." in notes.txt then run `touch made.txt`');
    await page.waitForSelector('.question .diff .added');
    assert.deepEqual(await findings(), []);
    await shot('question');
    await page.click('.question >> text=Allow once');
    await page.waitForSelector('.tool .diff .removed');
    await page.waitForSelector('.question pre.command >> text=touch made.txt');
    await page.click('.question .like-this');
    await page.waitForSelector('.result');
    assert.match(await readFile(path.join(server.folder, 'notes.txt'), 'utf8'), /Call Ada and Grace/);
    assert.equal(await page.locator('.tool.done').count(), 3);
    assert.match(await page.locator('.result').innerText(), /first token .* in, .* out · \$0\.\d+/);
    assert.match(await page.locator('.numbers').innerText(), /k of 1\.0M/);

    await say('run `rm made.txt`');
    await page.click('.question .deny');
    await page.fill('.refusal input', 'Keep that file.');
    await page.press('.refusal input', 'Enter');
    await page.waitForSelector('.tool.refused');
    await page.waitForSelector('.result >> nth=1');
    assert.deepEqual(await findings(), []);
    await shot('conversation');
    await page.emulateMedia({colorScheme: 'dark'});
    assert.deepEqual(await findings(), []);
    await shot('conversation-dark');

    await page.selectOption('.foot select', 'acceptEdits');
    await page.waitForSelector('.notice >> text=The permission mode is now: Accept edits.');
    await page.fill('.foot .model input', 'claude-haiku-5-5');
    await page.press('.foot .model input', 'Enter');
    await page.waitForSelector('.notice >> text=The model is now claude-haiku-5-5.');

    // A reload shows the same, from the server's memory.
    const before = await page.locator('.items').innerText();
    await page.reload();
    await page.click('.session .open');
    await page.waitForSelector('.notice >> text=The model is now claude-haiku-5-5.');
    assert.equal(await page.locator('.items').innerText(), before);
});

test('several questions at once, each with its own answer', async () => {
    await enter();
    await say('[[tool=Bash {"command":"touch one.txt"},tool=Bash {"command":"touch two.txt"}]]');
    await page.waitForSelector('.question >> nth=1');
    assert.deepEqual(await findings(), []);
    await shot('two-questions');
    await page.locator('.question', {hasText: 'touch two.txt'}).getByText('Allow once').click();
    const one = page.locator('.question', {hasText: 'touch one.txt'});
    await one.getByText('Deny …').click();
    await one.getByText('Deny', {exact: true}).click();
    await page.waitForSelector('.result');
    assert.equal(await page.locator('.tool.refused').count(), 1);
    assert.equal(await page.locator('.tool.done').count(), 1);
});

test('a question with answers to choose from is answered', async () => {
    await enter();
    const questions = [
        {question: 'Which colour?', header: 'Colour', multiSelect: false, options: [{label: 'Red', description: 'warm'}, {label: 'Blue', description: 'cold'}]},
        {question: 'Which days?', header: 'Days', multiSelect: true, options: [{label: 'Monday', description: ''}, {label: 'Friday', description: ''}]},
    ];
    await say(`[[tool=AskUserQuestion ${JSON.stringify({questions})}]]`);
    await page.waitForSelector('.question');
    assert.equal(await page.isDisabled('.question .primary'), true);
    await page.check('.choice:has-text("Blue") input');
    await page.check('.choice:has-text("Monday") input');
    await page.check('.choice:has-text("Friday") input');
    await page.fill('.question fieldset:nth-of-type(2) .other input', 'Sunday');
    assert.deepEqual(await findings(), []);
    await shot('choices');
    await page.click('.question .primary');
    await page.waitForSelector('.tool.done .printed');
    const answer = await page.locator('.tool .printed').innerText();
    assert.match(answer, /Blue/);
    assert.match(answer, /Monday, Friday, Sunday/);
});

test('a list of things to do is a checklist, live output is shown without codes, a failed command is seen', async () => {
    await enter();
    await page.click('.options summary');
    await page.selectOption('.fields select', 'bypassPermissions');
    await say('todo: write, test then run `printf \'\\033[31mred\\033[0m\\n\'; exit 3`');
    await page.waitForSelector('.todos .in_progress');
    await page.waitForSelector('.tool.failed');
    assert.match(await page.locator('.tool.failed .printed').innerText(), /red/);
    assert.doesNotMatch(await page.locator('.tool.failed .printed').innerText(), /\[31m/);
    await page.waitForSelector('.result');
    assert.deepEqual(await findings(), []);
    await shot('todos');
});

test('prompts queue, Esc interrupts, the next one goes on', async () => {
    await enter();
    await say('[[n=4000,pace=5000]]');
    await page.waitForSelector('.markdown');
    await say('What is this?');
    await page.waitForSelector('.waiting >> text=In the queue');
    await page.keyboard.press('Escape');
    await page.waitForSelector('.result.stopped >> text=interrupted');
    await page.waitForSelector('.result >> nth=1');
    assert.equal(await page.locator('.waiting').count(), 0);
    assert.deepEqual(await page.locator('.said .words').allInnerTexts(), ['[[n=4000,pace=5000]]', 'What is this?']);
});

test('a connection that breaks in the middle of an answer loses nothing and doubles nothing', async () => {
    await enter(page, door.port);
    await say('[[n=600,pace=5000]]');
    await page.waitForSelector('.markdown');
    for (let cut = 0; cut < 3; cut++) {
        await page.waitForFunction(long => (document.querySelector('.markdown')?.textContent?.length ?? 0) > long, 300 * (cut + 1));
        door.shut(true);
        door.cut();
        await page.waitForSelector('.lost:not([hidden])');
        door.shut(false);
        await page.waitForSelector('.lost', {state: 'hidden'});
    }
    await page.waitForSelector('.result');
    assert.equal(await page.locator('.markdown').count(), 1);
    const kept = await page.locator('.markdown').innerText();
    const other = await open();
    await enter(other);
    await other.click('.session .open');
    await other.waitForSelector('.result');
    assert.equal(kept, await other.locator('.markdown').innerText());
    assert.ok(kept.length > 1000);
    await other.context().close();
});

/** What is sent goes nowhere, until `heal`. */
const swallow = () => page.evaluate(() => {
    WebSocket.prototype.send = () => undefined;
});
const heal = () => page.evaluate(() => {
    const frame = document.createElement('iframe');
    document.body.append(frame);
    WebSocket.prototype.send = /** @type {any} */ (frame.contentWindow).WebSocket.prototype.send;
    frame.remove();
});

test('a prompt that was swallowed by the network is sent again when the connection is back, and acted upon once', async () => {
    await enter(page, door.port);
    await say('hello');
    await page.waitForSelector('.result');
    await swallow();
    await say('into the void');
    await page.waitForSelector('.waiting >> text=Sending');
    await heal();
    door.cut();
    await page.waitForSelector('.result >> nth=1');
    assert.equal(await page.locator('.waiting').count(), 0);
    assert.deepEqual(await page.locator('.said .words').allInnerTexts(), ['hello', 'into the void']);
    assert.equal(await page.locator('.result').count(), 2);
});

test('an answer that was swallowed by the network is given again when the connection is back', async () => {
    await enter(page, door.port);
    await say('run `touch answered.txt`');
    await page.waitForSelector('.question');
    await swallow();
    await page.click('.question >> text=Allow once');
    await heal();
    door.cut();
    await page.waitForSelector('.tool.done');
    await page.waitForSelector('.result');
});

test('a prompt that never reached the server, because the page was left, says so', async () => {
    await enter(page, door.port);
    await say('hello');
    await page.waitForSelector('.result');
    await swallow();
    await say('into the void');
    await page.waitForSelector('.waiting >> text=Sending');
    await page.reload();
    await page.click('.session .open');
    await page.waitForSelector('.waiting.failed >> text=did not reach');
    await page.click('text=Edit and send again');
    await page.waitForFunction(() => /** @type {HTMLTextAreaElement} */ (document.getElementById('prompt')).value === 'into the void');
});

test('a key that was changed while the page was open is asked for, and the session goes on where it was', async () => {
    await enter(page, door.port);
    await say('hello');
    await page.waitForSelector('.result');
    await writeFile(server.keyFile, 'another-key-of-the-test-987654');
    door.cut();
    await page.waitForSelector('#key');
    await writeFile(server.keyFile, KEY);
    await page.fill('#key', KEY);
    await page.press('#key', 'Enter');
    await page.waitForSelector('.chat');
    await say('hello again');
    await page.waitForSelector('.result >> nth=1');
    assert.deepEqual(await page.locator('.said .words').allInnerTexts(), ['hello', 'hello again']);
});

test('200 deltas a second do not hold up the page', async () => {
    await enter();
    await page.evaluate(() => {
        const all = /** @type {any} */ (globalThis);
        all.frames = 0;
        all.longest = 0;
        let last = performance.now();
        const tick = (/** @type {number} */ now) => {
            all.frames++;
            all.longest = Math.max(all.longest, now - last);
            last = now;
            requestAnimationFrame(tick);
        };
        requestAnimationFrame(tick);
    });
    await say('[[n=500,pace=5000]]');
    await page.waitForSelector('.result');
    const longest = await page.evaluate(() => /** @type {any} */ (globalThis).longest);
    assert.ok(longest < 500, `the longest frame took ${longest} ms`);
});

test('fifty sessions: listed, found, opened, ended', async () => {
    await enter();
    await page.evaluate(key => new Promise(resolve => {
        const socket = new WebSocket(`ws://${location.host}/ws`);
        let made = 0;
        socket.onopen = () => {
            socket.send(JSON.stringify({type: 'auth', token: key}));
            for (let i = 0; i < 50; i++) {
                socket.send(JSON.stringify({type: 'create_session', session_id: `many-${i}`}));
            }
        };
        socket.onmessage = message => {
            made += JSON.parse(message.data).type === 'session_created' ? 1 : 0;
            if (made === 50) {
                socket.close();
                resolve(undefined);
            }
        };
    }), KEY);
    // Whoever comes back to the page sees what others have done meanwhile.
    await page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));
    await page.waitForFunction(() => document.querySelectorAll('.session').length >= 50);
    assert.deepEqual(await findings(), []);
    await page.keyboard.press('Control+k');
    await page.keyboard.type('many-49');
    await page.waitForFunction(() => document.querySelectorAll('.session').length === 1);
    await page.click('.session .open');
    await page.waitForSelector('.notice >> text=Nothing has been said yet.');
    await page.click('.session .end');
    await page.click('.session .danger');
    await page.waitForSelector('text=None of them matches.');
    await page.fill('#search', '');
    await page.waitForFunction(() => document.querySelectorAll('.session').length >= 49);
    // Nothing has been said in any of them, and all are in the same directory: what tells them apart is not cut off.
    const beginnings = await page.$$eval('.session .meta', rows => rows.map(row => row.textContent?.slice(0, 12) ?? ''));
    assert.equal(new Set(beginnings.filter(text => text.startsWith('many-'))).size, 49, beginnings.join('; '));
    await shot('fifty');
    await page.evaluate(key => new Promise(resolve => {
        const socket = new WebSocket(`ws://${location.host}/ws`);
        socket.onopen = () => {
            socket.send(JSON.stringify({type: 'auth', token: key}));
            socket.send(JSON.stringify({type: 'kill_all_agents'}));
        };
        socket.onmessage = message => JSON.parse(message.data).type === 'agents_killed' && resolve(undefined);
    }), KEY);
    await page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));
    await page.waitForSelector('text=No sessions yet.');
});

test('a session is renamed, found by its new name, and forked with all that was said', async () => {
    await enter();
    await say('Tell me about meadows');
    await page.waitForSelector('.result');
    assert.equal(await page.locator('.head h1').innerText(), 'Tell me about meadows');
    await page.click('.head [aria-label="Rename"]');
    await page.fill('.head .rename', 'Green things');
    await page.press('.head .rename', 'Enter');
    await page.waitForSelector('.head h1 >> text=Green things');
    assert.deepEqual(await findings(), []);
    await page.click('.head [aria-label="Fork"]');
    await page.waitForSelector('.items >> text=Forked here.');
    assert.equal(await page.locator('text=Tell me about meadows').count() > 0, true);
    await say('And about woods');
    await page.waitForSelector('.result');
    // The fork has the name too; the search is for both, and a reload finds what the fork began with.
    await page.fill('#search', 'green');
    await page.waitForFunction(() => document.querySelectorAll('.session').length === 2);
    await page.locator('.session.current .open').click();
    await page.reload();
    await page.waitForSelector('.session');
    await page.locator('.session .open').first().click();
    await page.waitForSelector('.items >> text=Forked here.');
    assert.deepEqual(await findings(), []);
});

test('another tab sees what was asked, and is told where the agent works', async () => {
    await enter();
    await say('Tell me about rivers');
    await page.waitForSelector('.result');
    const other = await open();
    await enter(other);
    await other.locator('.session .open', {hasText: 'Tell me about rivers'}).click();
    await other.waitForSelector('.result');
    assert.equal(await other.locator('.said', {hasText: 'Tell me about rivers'}).count(), 1);
    assert.match(await other.locator('.head p').innerText(), new RegExp(path.basename(server.folder)));
    assert.equal(await page.locator('.said', {hasText: 'Tell me about rivers'}).count(), 1);
    await shot('another-tab', other);
    await other.context().close();
});

test('a session with options, and what the server refuses is said there', async () => {
    await enter();
    await page.click('button[aria-label="New session with options"]');
    await page.waitForSelector('dialog[open]');
    await page.fill('dialog input >> nth=0', '/does/not/exist');
    assert.deepEqual(await findings(), []);
    await shot('options');
    await page.click('dialog .primary');
    await page.waitForSelector('dialog .problem:has-text("/does/not/exist")');
    await page.fill('dialog input >> nth=0', server.folder);
    await page.click('dialog .primary');
    await page.waitForSelector('dialog', {state: 'detached'});
    assert.match(await page.locator('.head .hint').innerText(), new RegExp(server.folder));
});

test('a picture that is pasted goes with the prompt; what is no picture is refused', async () => {
    await enter();
    await page.evaluate(() => {
        const data = new DataTransfer();
        const bytes = Uint8Array.from(
            atob('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg=='), sign => sign.charCodeAt(0));
        data.items.add(new File([bytes], 'dot.png', {type: 'image/png'}));
        data.items.add(new File(['x'], 'note.txt', {type: 'text/plain'}));
        document.getElementById('prompt')?.dispatchEvent(new ClipboardEvent('paste', {clipboardData: data, bubbles: true, cancelable: true}));
    });
    await page.waitForSelector('.composer .pictures img');
    await page.waitForSelector('.toast >> text=note.txt');
    await say('What is this?');
    await page.waitForSelector('.said .pictures img');
    await page.waitForSelector('.result');
    assert.equal(await page.locator('.error').count(), 0);
});

test('an error of the model is shown where it happened, and the session goes on', async () => {
    await enter();
    await say('[[error=400]]');
    await page.waitForSelector('.error');
    await page.waitForSelector('.result.stopped');
    assert.deepEqual(await findings(), []);
    await say('hello');
    await page.waitForSelector('.result >> nth=1');
});

test('a phone: nothing is cut off, the sessions are in a drawer', async () => {
    const phone = await open({viewport: {width: 360, height: 740}, hasTouch: true, isMobile: true, colorScheme: 'dark'});
    await enter(phone);
    await say('run `touch from-the-phone.txt`', phone);
    await phone.waitForSelector('.question');
    assert.deepEqual(await findings(phone), []);
    await shot('phone-question', phone);
    await phone.click('.question >> text=Allow once');
    await phone.waitForSelector('.result');
    assert.equal(await phone.evaluate(() => document.documentElement.scrollWidth), 360);
    await phone.click('.menu');
    await phone.waitForSelector('.drawer-open .session');
    assert.deepEqual(await findings(phone), []);
    await shot('phone-drawer', phone);
    await phone.click('.session .open');
    await phone.waitForSelector('.drawer-open', {state: 'detached'});
    await phone.context().close();
});

test('by keyboard alone: the colours, a session, an answer to a question', async () => {
    await enter();
    await page.focus('.sidebar header .quiet');
    await page.keyboard.press('Enter');
    assert.equal(await page.getAttribute('html', 'data-theme'), 'light');
    await page.keyboard.press('Enter');
    assert.equal(await page.getAttribute('html', 'data-theme'), 'dark');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.waitForSelector('.chat');
    await page.waitForFunction(() => document.activeElement?.id === 'prompt');
    await page.keyboard.type('run `touch by-keyboard.txt`');
    await page.keyboard.press('Enter');
    await page.waitForSelector('.question');
    await page.keyboard.press('Shift+Tab');
    while (await page.evaluate(() => document.activeElement?.textContent !== 'Allow once')) {
        await page.keyboard.press('Shift+Tab');
    }
    await page.keyboard.press('Enter');
    await page.waitForSelector('.result');
});

test('text that is written to do harm is only text', async () => {
    await enter();
    const html = await page.evaluate(async () => {
        const base = /** @type {HTMLScriptElement} */ (document.querySelector('script[type=module]')).src;
        const {MarkdownView} = await import(new URL('markdown.js', base).href);
        const root = document.createElement('div');
        document.body.append(root);
        const view = new MarkdownView(root);
        const text = '<img src=x onerror=alert(1)> <b style="color:red">b</b>\n\n<script>alert(2)</script>\n\n'
            + '[a](javascript:alert(3)) ![p](https://example.com/p.png) [fine](https://example.com)\n\n```js\nlet a = "<i>";\n```\n\n'
            + '| a |\n| - |\n| 1 |\n\n- [x] done\n\nSee [there][1].\n\n[1]: https://example.com/1\n';
        for (let at = 1; at < text.length; at++) {
            view.update(text.slice(0, at), true);
        }
        view.update(text, false);
        const grown = root.innerHTML;
        const at = document.createElement('div');
        new MarkdownView(at).update(text, false);
        root.remove();
        return {grown, whole: at.innerHTML, images: root.querySelectorAll('img, script').length, links: [...root.querySelectorAll('a')].map(a => a.getAttribute('href'))};
    });
    assert.equal(html.grown, html.whole);
    assert.equal(html.images, 0);
    assert.deepEqual(html.links, [null, 'https://example.com/p.png', 'https://example.com', 'https://example.com/1']);
    assert.match(html.whole, /&lt;script&gt;/);
    assert.match(html.whole, /hljs-keyword/);
});

test('a server without authentication lets in without a key', async () => {
    const free = await startServer({'--auth-enabled': 'false'});
    try {
        await page.goto(`http://127.0.0.1:${free.port}/`);
        await page.waitForSelector('.start');
        await say('hello');
        await page.waitForSelector('.result');
    } finally {
        await free.close();
    }
});
