import assert from 'node:assert/strict';
import test from 'node:test';
import {Transcript} from './app/transcript.js';

/**
 * Events of one session, numbered from 1.
 *
 * @param {object[]} bodies
 * @returns {any[]}
 */
function numbered(bodies) {
    return bodies.map((body, at) => ({session_id: 'S', seq: at + 1, ...body}));
}

/** @param {string} content */
const piece = content => ({type: 'agent_message', content, complete: false, message_id: 'M'});
const result = {
    type: 'agent_result', prompt_id: 'p1', stop_reason: 'end_turn', is_error: false, error: null, num_turns: 1, duration_ms: 5, ttft_ms: 1,
    cost_usd: 0.1, total_cost_usd: 0.3, usage: {input_tokens: 1, output_tokens: 2, cache_creation_input_tokens: 0, cache_read_input_tokens: 0},
};
const WHOLE = numbered([
    {type: 'session_created', session: {id: 'S', cost_usd: 0, permission_mode: 'default', model_name: 'm'}},
    {type: 'agent_thinking', thinking: true},
    {type: 'agent_thinking', thinking: true, content: 'Let me '},
    {type: 'agent_thinking', thinking: true, content: 'see.'},
    {type: 'agent_thinking', thinking: false},
    piece('I '), piece('will '), piece('look.'),
    {type: 'agent_message', content: 'I will look.', complete: true, message_id: 'M'},
    {type: 'agent_tool_use', tool: 'Bash', input: {command: 'ls'}, tool_use_id: 't1'},
    {type: 'permission_request', request_id: 'r1', tool: 'Bash', tool_use_id: 't1', parameters: {}, details: {}},
    {type: 'permission_acknowledged', request_id: 'r1', approved: true, tool: 'Bash', status: 'executing'},
    {type: 'agent_tool_output', tool_use_id: 't1', stream: 'stdout', content: 'a\n'},
    {type: 'agent_tool_output', tool_use_id: 't1', stream: 'stdout', content: 'b\n'},
    {type: 'agent_tool_result', tool_use_id: 't1', tool: 'Bash', content: 'a\nb', is_error: false, duration_ms: 3},
    {type: 'agent_message', content: 'Done.', complete: true, message_id: 'N'},
    result,
]);

/** @param {Transcript} transcript */
function shown(transcript) {
    return JSON.parse(JSON.stringify(transcript.items, (name, value) => (name === 'version' || name === 'key' || name === 'replayed' ? undefined : value)));
}

/** @param {any[]} events */
function played(events, transcript = new Transcript('S')) {
    for (const event of events) {
        assert.equal(transcript.apply(event), true, JSON.stringify(event));
    }
    return transcript;
}

/**
 * What the server sends again: neighbouring pieces of one kind become one, with the number of the last.
 *
 * @param {any[]} events
 */
function merged(events) {
    /** @type {any[]} */
    const out = [];
    for (const event of events) {
        const last = out.at(-1);
        const same = last !== undefined && last.type === event.type && !event.complete && !last.complete
            && event.content !== undefined && last.content !== undefined && event.type !== 'agent_tool_result';
        if (same) {
            out[out.length - 1] = {...event, content: last.content + event.content, replayed: true};
        } else {
            out.push({...event, replayed: true});
        }
    }
    return out;
}

test('a turn is put together from its events', () => {
    const transcript = played(WHOLE);
    assert.deepEqual(transcript.items.map(item => item.kind), ['prompt', 'thinking', 'text', 'tool', 'text', 'result']);
    const tool = shown(transcript)[3];
    assert.equal(tool.output, 'a\nb\n');
    assert.equal(tool.permission, 'executing');
    assert.equal(shown(transcript)[1].text, 'Let me see.');
    assert.equal(transcript.busy, false);
    assert.equal(transcript.questions.size, 0);
});

test('wherever the connection breaks, and merged or not, the same comes out', () => {
    const whole = shown(played(WHOLE));
    for (let cut = 0; cut <= WHOLE.length; cut++) {
        for (const form of [merged, (/** @type {any[]} */ events) => events]) {
            const transcript = played(WHOLE.slice(0, cut));
            transcript.subscribed({
                type: 'subscribed', session_id: 'S', after_seq: cut, first_seq: cut + 1, last_seq: WHOLE.length, gap: false, status: 'idle',
            });
            played(form(WHOLE.slice(cut)), transcript);
            assert.deepEqual(shown(transcript), whole, `cut after ${cut}`);
            assert.equal(transcript.replaying, false);
        }
    }
});

test('what comes twice is taken once', () => {
    const transcript = played(WHOLE);
    played(WHOLE.slice(3), transcript);
    assert.deepEqual(shown(transcript), shown(played(WHOLE)));
});

test('a number that is missing is noticed and nothing is taken until it has come', () => {
    const transcript = played(WHOLE.slice(0, 8));
    assert.equal(transcript.apply(WHOLE[9]), false);
    assert.equal(transcript.lastSeq, 8);
    played(WHOLE.slice(8), transcript);
    assert.deepEqual(shown(transcript), shown(played(WHOLE)));
});

test('an open question that is sent again stays one question', () => {
    const transcript = played(WHOLE.slice(0, 11));
    transcript.apply({...WHOLE[10], replayed: true});
    assert.deepEqual([...transcript.questions.keys()], ['r1']);
    played(WHOLE.slice(11), transcript);
    assert.equal(transcript.questions.size, 0);
});

test('a prompt stands before its turn, also when another client was first', () => {
    const transcript = played(WHOLE.slice(0, 1));
    transcript.sent({id: 'p2', text: 'mine', images: []});
    played(WHOLE.slice(1), transcript);
    assert.equal(shown(transcript)[0].prompt, null, 'the turn was of p1, which is not ours');
    assert.deepEqual(transcript.waiting.map(prompt => prompt.text), ['mine']);

    const next = WHOLE.slice(1).map((event, at) => ({...event, seq: WHOLE.length + 1 + at}));
    next[next.length - 1].prompt_id = 'p2';
    played(next, transcript);
    assert.deepEqual(transcript.items.flatMap(item => (item.kind === 'prompt' ? [item.prompt?.text ?? null] : [])), [null, 'mine']);
    assert.deepEqual(transcript.waiting, []);
});

test('a prompt that was refused or lost says so and is not taken for the next turn', () => {
    const transcript = played(WHOLE.slice(0, 1));
    transcript.sent({id: 'p0', text: 'too much', images: []});
    transcript.refused('The queue is full');
    transcript.sent({id: 'p1', text: 'mine', images: []});
    played(WHOLE.slice(1), transcript);
    assert.equal(shown(transcript)[0].prompt.text, 'mine');
    assert.deepEqual(transcript.waiting.map(prompt => prompt.note), ['The queue is full']);
    transcript.sent({id: 'p3', text: 'lost', images: [], join: 1});
    transcript.sent({id: 'p4', text: 'on its way', images: [], join: 2});
    transcript.joins = 2;
    transcript.quiet();
    assert.deepEqual(transcript.waiting.map(prompt => prompt.state), ['refused', 'lost', 'sent']);
});

test('a prompt of somebody else is shown before its turn, one of this page once', () => {
    const transcript = played(WHOLE.slice(0, 1));
    transcript.sent({id: 'mine', text: 'mine', images: []});
    const picture = {type: 'image', source: {type: 'base64', media_type: 'image/png', data: 'AAAA'}};
    const told = numbered([
        WHOLE[0],
        {type: 'user_prompt', prompt_id: 'p1', content: [picture, {type: 'text', text: 'theirs'}, {type: 'document', source: {}}]},
        {type: 'user_prompt', prompt_id: 'mine', content: 'mine'},
        ...WHOLE.slice(1),
        {type: 'agent_thinking', thinking: true},
        {...result, prompt_id: 'mine'},
        {type: 'user_prompt', prompt_id: null, content: 'nameless'},
        {type: 'agent_thinking', thinking: true},
        {...result, prompt_id: null},
    ]).map((event, at) => ({...event, seq: at + 1}));
    played(told.slice(1, 3), transcript);
    assert.deepEqual(transcript.waiting.map(prompt => prompt.text), ['theirs\n(document)', 'mine']);
    played(told.slice(3), transcript);
    const prompts = shown(transcript).filter((/** @type {any} */ item) => item.kind === 'prompt').map((/** @type {any} */ item) => item.prompt);
    assert.deepEqual(prompts.map((/** @type {any} */ prompt) => prompt.text), ['theirs\n(document)', 'mine', 'nameless']);
    assert.deepEqual(prompts[0].images, ['data:image/png;base64,AAAA']);
    assert.deepEqual(transcript.waiting, []);
});

test('a prompt that is told of when its turn runs already names the turn', () => {
    const transcript = played(WHOLE.slice(0, 2));
    assert.equal(shown(transcript)[0].prompt, null);
    transcript.apply(/** @type {any} */ ({type: 'user_prompt', session_id: 'S', seq: 3, prompt_id: 'p1', content: 'late'}));
    played(WHOLE.slice(2).map(event => ({...event, seq: event.seq + 1})), transcript);
    assert.equal(shown(transcript)[0].prompt.text, 'late');
    assert.deepEqual(transcript.waiting, []);
});

test('a gap is said, and the conversation goes on behind it', () => {
    const transcript = played(WHOLE.slice(0, 7));
    transcript.subscribed({type: 'subscribed', session_id: 'S', after_seq: 7, first_seq: 16, last_seq: 17, gap: true, status: 'idle'});
    played(WHOLE.slice(15), transcript);
    assert.deepEqual(transcript.items.map(item => item.kind), ['prompt', 'thinking', 'text', 'notice', 'text', 'result']);
});

test('another session of the same id begins with nothing', () => {
    const transcript = played(WHOLE);
    transcript.subscribed({type: 'subscribed', session_id: 'S', after_seq: 17, first_seq: 1, last_seq: 4, gap: true, status: 'idle'});
    assert.deepEqual(transcript.items.map(item => item.kind), ['notice']);
    assert.equal(transcript.lastSeq, 4);
    assert.equal(transcript.busy, false);
});

test('an error stands in its turn, and the next turn is a new one', () => {
    const transcript = played(WHOLE.slice(0, 6));
    played([
        {session_id: 'S', seq: 7, type: 'error', message: '429', code: 'upstream_error', details: {}, retryable: true, request_type: null},
        {...result, session_id: 'S', seq: 8, stop_reason: 'error', is_error: true},
        {session_id: 'S', seq: 9, type: 'agent_thinking', thinking: true},
    ], transcript);
    assert.deepEqual(transcript.items.map(item => item.kind), ['prompt', 'thinking', 'text', 'error', 'result', 'prompt']);
    assert.equal(transcript.busy, true);
});

test('types and fields of a newer server do no harm', () => {
    const transcript = played(WHOLE.slice(0, 4));
    assert.equal(transcript.apply(/** @type {any} */ ({type: 'agent_dreams', session_id: 'S', seq: 5})), true);
    assert.equal(transcript.lastSeq, 5);
});

test('output without end is kept at its end', () => {
    const transcript = played(WHOLE.slice(0, 12));
    for (let seq = 13; seq < 20; seq++) {
        transcript.apply(/** @type {any} */ (
            {type: 'agent_tool_output', session_id: 'S', seq, tool_use_id: 't1', stream: 'stdout', content: `${seq}`.repeat(50_000)}));
    }
    const tool = shown(transcript)[3];
    assert.equal(tool.cut, true);
    assert.ok(tool.output.length < 500_000 && tool.output.endsWith('19'));
});
