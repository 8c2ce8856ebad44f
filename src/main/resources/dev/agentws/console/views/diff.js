/** A change of a file, line by line. */
import {h} from '../lib/preact.module.js';

const MAX_LINES = 400;

/**
 * @typedef {{oldStart: number, oldLines: number, newStart: number, newLines: number, lines: string[]}} Hunk
 * @typedef {{type: 'create' | 'update', filePath: string, structuredPatch: Hunk[], truncated?: boolean}} FileChange
 */

/**
 * @param {Record<string, any> | null | undefined} details
 * @returns {FileChange | null}
 */
export function fileChange(details) {
    return details !== null && details !== undefined && Array.isArray(details.structuredPatch)
        ? /** @type {FileChange} */ (details)
        : null;
}

/** @param {{change: FileChange}} props */
export function Diff({change}) {
    let added = 0;
    let removed = 0;
    let shown = 0;
    const rows = change.structuredPatch.flatMap((hunk, at) => {
        let before = hunk.oldStart;
        let after = hunk.newStart;
        const lines = hunk.lines.map((line, row) => {
            const sign = line[0] ?? ' ';
            added += sign === '+' ? 1 : 0;
            removed += sign === '-' ? 1 : 0;
            const kind = sign === '+' ? 'added' : sign === '-' ? 'removed' : 'same';
            return shown++ < MAX_LINES && h('tr', {class: kind, key: `${at}.${row}`},
                h('td', {class: 'number'}, sign === '+' ? '' : before++),
                h('td', {class: 'number'}, sign === '-' ? '' : after++),
                h('td', {class: 'sign'}, sign.trim()),
                h('td', {class: 'line'}, line.slice(1) || '\u200b'));
        });
        const gap = at > 0 && h('tr', {class: 'gap', key: `${at}`}, h('td', {colSpan: 4}, '⋯'));
        return [gap, ...lines];
    });
    const rest = shown - MAX_LINES;
    return h('div', {class: 'diff'},
        h('div', {class: 'diff-head'},
            h('span', {class: 'path'}, change.filePath),
            h('span', {class: 'plus'}, `+${added}`), h('span', {class: 'minus'}, `−${removed}`)),
        h('div', {class: 'diff-body', tabIndex: 0, role: 'group', 'aria-label': `Change of ${change.filePath}`},
            h('table', null, h('tbody', null, rows))),
        (rest > 0 || change.truncated) && h('p', {class: 'hint'},
            rest > 0 ? `${rest} more lines are not shown.` : 'A part is left out.'));
}
