import assert from 'node:assert/strict';
import test from 'node:test';
import {runs} from './app/ansi.js';
import {duration, gist, moment, money, short, suggestion} from './app/format.js';

/** @type {[string, string, {text: string, style: string}[]][]} */
const PRINTED = [
    ['plain text stays', 'a\tb\n', [{text: 'a\tb\n', style: ''}]],
    ['colours become styles', '\x1b[1;31mno\x1b[0m yes', [{text: 'no', style: 'ansi-red ansi-bold'}, {text: ' yes', style: ''}]],
    ['bright and long colours do not disturb', '\x1b[92mok\x1b[38;5;200mx\x1b[m', [{text: 'ok', style: 'ansi-green'}, {text: 'x', style: 'ansi-green'}]],
    ['movements, titles and bells are left out', '\x1b[2K\x1b]0;title\x07a\x07\x1b[?25lb', [{text: 'a', style: ''}, {text: 'b', style: ''}]],
    ['a progress line shows its last state', '10%\r50%\r100%\ndone', [{text: '100%\ndone', style: ''}]],
    ['a line that ends with a carriage return stays', 'a\r\nb\r\n', [{text: 'a\nb\n', style: ''}]],
];
for (const [name, text, expected] of PRINTED) {
    test(name, () => assert.deepEqual(runs(text), expected));
}

test('money that is not known is not free', () => {
    assert.deepEqual([null, undefined, 0, 0.00123, 1.5].map(money), ['price unknown', 'price unknown', '$0', '$0.0012', '$1.50']);
});

test('numbers are short', () => {
    assert.deepEqual([999, 1234, 123_456, 1_000_000].map(short), ['999', '1.2k', '123k', '1.0M']);
    assert.deepEqual([12, 1500, 61_000].map(duration), ['12 ms', '1.5 s', '1 min 1 s']);
});

test('what was today is told by its time, what was before by its day', () => {
    const day = new Date(2020, 0, 31, 12).toISOString();
    assert.match(moment(new Date().toISOString()), /\d:\d\d/);
    assert.match(moment(day), /31/);
    assert.doesNotMatch(moment(day), /:/);
});

test('a call is told by what matters in it', () => {
    assert.equal(gist('Bash', {description: 'x', command: 'ls'}), 'ls');
    assert.equal(gist('TodoWrite', {todos: [{status: 'completed'}, {status: 'pending'}]}), '1 of 2 done');
    assert.equal(gist('mcp__a__b', {n: 1}), '{"n":1}');
});

test('a suggestion says what it would allow', () => {
    assert.equal(
        suggestion({type: 'addRules', rules: [{toolName: 'Bash', ruleContent: 'npm run *'}], behavior: 'allow'}),
        'Allow Bash(npm run *) from now on');
    assert.equal(suggestion({type: 'setMode', mode: 'acceptEdits'}), 'Allow, and from now on: Accept edits');
});
