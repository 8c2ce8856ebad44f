/** What a person may choose for a session: permission modes, models, tools. */

/** @type {[string, string, string][]} */
export const MODES = [
    ['default', 'Ask first', 'looks on its own, asks before changes and commands'],
    ['acceptEdits', 'Accept edits', 'changes files on its own, asks before commands'],
    ['plan', 'Plan', 'looks and plans, changes nothing without a yes'],
    ['dontAsk', 'Never ask', 'whatever would need a question is refused'],
    ['bypassPermissions', 'Allow all', 'no questions at all'],
];

/** What people call a mode. @param {string} mode */
export function modeName(mode) {
    return MODES.find(([id]) => id === mode)?.[1] ?? mode;
}

/** Offered, not demanded: any other name may be typed. */
export const MODELS = ['claude-opus-5-5', 'claude-sonnet-5-5', 'claude-haiku-5-5'];

export const TOOLS = ['Read', 'Write', 'Edit', 'NotebookEdit', 'Bash', 'Search', 'TodoWrite', 'AskUserQuestion', 'WebFetch'];

export const USUAL_TOOLS = ['Read', 'Write', 'Edit', 'Bash', 'Search', 'TodoWrite', 'AskUserQuestion'];
