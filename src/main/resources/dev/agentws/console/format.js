/** Numbers, times and tools in words for people. */
import {modeName} from './choices.js';

/** @param {number | null | undefined} dollars */
export function money(dollars) {
    if (dollars === null || dollars === undefined) {
        return 'price unknown';
    }
    return dollars === 0 ? '$0' : dollars < 0.01 ? `$${dollars.toFixed(4)}` : `$${dollars.toFixed(2)}`;
}

/** @param {number} count */
export function short(count) {
    return count < 1000 ? String(count)
        : count < 100_000 ? `${(count / 1000).toFixed(1)}k`
        : count < 1_000_000 ? `${Math.round(count / 1000)}k`
        : `${(count / 1_000_000).toFixed(1)}M`;
}

/** @param {number} ms */
export function duration(ms) {
    return ms < 1000 ? `${ms} ms` : ms < 60_000 ? `${(ms / 1000).toFixed(1)} s` : `${Math.floor(ms / 60_000)} min ${Math.round(ms / 1000) % 60} s`;
}

/** @param {string} time */
export function ago(time) {
    const seconds = Math.max(0, (Date.now() - Date.parse(time)) / 1000);
    return seconds < 60 ? 'now'
        : seconds < 3600 ? `${Math.floor(seconds / 60)} min`
        : seconds < 86_400 ? `${Math.floor(seconds / 3600)} h`
        : `${Math.floor(seconds / 86_400)} d`;
}

/** When it was: the time of a day that is not long ago, else the day. @param {string} time */
export function moment(time) {
    const date = new Date(time);
    return Date.now() - date.getTime() < 43_200_000
        ? date.toLocaleTimeString([], {hour: '2-digit', minute: '2-digit'})
        : date.toLocaleDateString([], {day: 'numeric', month: 'short'});
}

/**
 * The one thing about a call that a person wants to see first.
 *
 * @param {string} tool
 * @param {Record<string, any>} input
 */
export function gist(tool, input) {
    const named = input.command ?? input.file_path ?? input.notebook_path ?? input.pattern ?? input.url ?? input.query
        ?? input.description ?? input.bash_id ?? input.shell_id;
    if (typeof named === 'string') {
        return named;
    }
    if (Array.isArray(input.todos)) {
        const done = input.todos.filter(todo => todo.status === 'completed').length;
        return `${done} of ${input.todos.length} done`;
    }
    if (Array.isArray(input.questions)) {
        return input.questions.map(each => each?.question).join(' / ');
    }
    const text = JSON.stringify(input);
    return text === '{}' ? '' : text.slice(0, 200);
}

/** @param {import('./agentws.js').PermissionUpdate} update */
export function suggestion(update) {
    switch (update.type) {
        case 'addRules':
            return `Allow ${update.rules.map(rule => (
                rule.ruleContent ? `${rule.toolName}(${rule.ruleContent})` : rule.toolName)).join(', ')} from now on`;
        case 'setMode':
            return `Allow, and from now on: ${modeName(update.mode)}`;
        case 'addDirectories':
            return `Allow work in ${update.directories.join(', ')}`;
        default:
            return 'Allow this from now on';
    }
}

/** Why a turn ended, where that is not plain success. @param {string} reason */
export function ending(reason) {
    /** @type {Record<string, string>} */
    const words = {
        interrupted: 'interrupted',
        server_restart: 'the server was restarted in the midst of it',
        max_tokens: 'the answer was cut: as long as it may be',
        model_context_window_exceeded: 'the answer was cut: the context is full',
        refusal: 'the model refused',
        pause_turn: 'the model paused; a further prompt goes on',
        max_turns: 'stopped: all rounds of tool use are over',
        max_budget_usd: 'stopped: the budget is spent',
        max_structured_output_retries: 'the answer did not come to fit the schema',
        error: 'failed',
    };
    return words[reason] ?? '';
}
