/**
 * What is shown of a session, in order. Items are changed in place and say so by their `version`, so that a piece of text costs no copy.
 *
 * @typedef {{id: string, text: string, images: string[], join?: number, known?: boolean,
 *   state?: 'sent' | 'refused' | 'lost', note?: string}} Prompt
 *
 * @typedef {{key: string, version: number}} Shown
 * @typedef {Shown & {kind: 'prompt', prompt: Prompt | null}} PromptItem
 * @typedef {Shown & {kind: 'thinking', text: string, open: boolean}} ThinkingItem
 * @typedef {Shown & {kind: 'text', messageId: string, text: string, open: boolean}} TextItem
 * @typedef {Shown & {kind: 'tool', id: string, name: string, input: Record<string, any>, output: string, cut: boolean,
 *   result: string | null, isError: boolean, durationMs: number | null, details: Record<string, any> | null,
 *   permission: string | null, note: string | null}} ToolItem
 * @typedef {Shown & {kind: 'result', result: import('./agentws.js').AgentResult}} ResultItem
 * @typedef {Shown & {kind: 'error', message: string, code: string, retryable: boolean}} ErrorItem
 * @typedef {Shown & {kind: 'notice', text: string}} NoticeItem
 * @typedef {PromptItem | ThinkingItem | TextItem | ToolItem | ResultItem | ErrorItem | NoticeItem} Item
 */

/** So much of what a command prints is kept for the eye; the rest is in the tool's result or its file. */
const MAX_OUTPUT = 200_000;

export class Items {
    constructor() {
        /** @type {Item[]} */
        this.all = [];
        /** @type {ThinkingItem | null} */
        this.openThinking = null;
        /** @type {TextItem | null} */
        this.openText = null;
        /** @type {Map<string, ToolItem>} */
        this.tools = new Map();
        this.made = 0;
    }

    /** @param {any} item */
    add(item) {
        const shown = /** @type {Item} */ ({...item, key: `i${this.made++}`, version: 0});
        this.all.push(shown);
        return shown;
    }

    /** @param {string} text */
    notice(text) {
        this.add({kind: 'notice', text});
    }

    /** @param {import('./agentws.js').AgentThinking} event */
    think(event) {
        if (!event.thinking) {
            this.closeThinking();
        } else if (event.content) {
            if (this.openThinking === null) {
                this.openThinking = /** @type {ThinkingItem} */ (this.add({kind: 'thinking', text: '', open: true}));
            }
            this.openThinking.text += event.content;
            this.openThinking.version++;
        }
    }

    /** @param {import('./agentws.js').AgentMessage} event */
    say(event) {
        this.closeThinking();
        let item = this.openText;
        if (item !== null && item.messageId !== event.message_id) {
            this.closeText();
            item = null;
        }
        if (item === null) {
            if (event.complete && event.content === '') {
                return;
            }
            item = /** @type {TextItem} */ (
                this.add({kind: 'text', messageId: event.message_id, text: '', open: true}));
            this.openText = item;
        }
        item.text = event.complete ? event.content : item.text + event.content;
        item.version++;
        if (event.complete) {
            this.closeText();
        }
    }

    /** @param {import('./agentws.js').AgentToolUse} event */
    use(event) {
        this.closeOpen();
        this.called(event.tool_use_id, event.tool, event.input);
    }

    /**
     * @param {string} id
     * @param {string} name
     * @param {Record<string, any>} input
     */
    called(id, name, input) {
        const tool = /** @type {ToolItem} */ (this.add({
            kind: 'tool', id, name, input, output: '', cut: false, result: null,
            isError: false, durationMs: null, details: null, permission: null, note: null,
        }));
        this.tools.set(id, tool);
    }

    /** @param {import('./agentws.js').AgentToolOutput} event */
    print(event) {
        this.tool(event.tool_use_id, tool => {
            tool.output += event.content;
            if (tool.output.length > 2 * MAX_OUTPUT) {
                tool.output = tool.output.slice(-MAX_OUTPUT);
                tool.cut = true;
            }
        });
    }

    /** @param {import('./agentws.js').AgentToolResult} event */
    used(event) {
        this.tool(event.tool_use_id, tool => {
            tool.result = event.content;
            tool.isError = event.is_error;
            tool.durationMs = event.duration_ms;
            tool.details = event.details ?? null;
        });
    }

    /**
     * @param {string} id
     * @param {(tool: ToolItem) => void} change
     */
    tool(id, change) {
        const tool = this.tools.get(id);
        if (tool !== undefined) {
            change(tool);
            tool.version++;
        }
    }

    closeOpen() {
        this.closeThinking();
        this.closeText();
    }

    closeThinking() {
        if (this.openThinking !== null) {
            this.openThinking.open = false;
            this.openThinking.version++;
            this.openThinking = null;
        }
    }

    closeText() {
        if (this.openText !== null) {
            this.openText.open = false;
            this.openText.version++;
            this.openText = null;
        }
    }

    clear() {
        this.closeOpen();
        this.all = [];
        this.tools.clear();
    }

    /**
     * Puts what the session began with before all that is there.
     *
     * @param {import('./agentws.js').SaidMessage[]} messages
     */
    inherit(messages) {
        const later = this.all;
        this.all = [];
        for (const message of messages) {
            for (const block of message.content) {
                this.inheritBlock(message, block);
            }
        }
        if (this.all.length > 0) {
            this.notice('Forked here.');
        }
        this.all = [...this.all, ...later];
    }

    /**
     * @param {import('./agentws.js').SaidMessage} message
     * @param {Record<string, any>} block
     */
    inheritBlock(message, block) {
        const id = `before-${message.index}`;
        if (block.type === 'tool_use') {
            this.called(block.id, block.name, block.input);
        } else if (block.type === 'tool_result') {
            const content = typeof block.content === 'string' ? block.content : seen(block.content ?? []).text;
            this.tool(block.tool_use_id, tool => {
                tool.result = content;
                tool.isError = block.is_error === true;
            });
        } else if (message.role === 'user') {
            this.add({kind: 'prompt', prompt: {id, ...seen([block]), state: 'sent', known: true}});
        } else if (block.type === 'text') {
            this.add({kind: 'text', messageId: id, text: block.text, open: false});
        }
    }
}

/**
 * Content as it can be shown.
 *
 * @param {string | Record<string, any>[]} content
 * @returns {{text: string, images: string[]}}
 */
export function seen(content) {
    if (typeof content === 'string') {
        return {text: content, images: []};
    }
    const images = content.flatMap(({type, source}) => (type === 'image' && source?.type === 'base64' ? [source] : []));
    const words = content.filter(block => !images.includes(block.source))
        .map(block => (typeof block.text === 'string' ? block.text : `(${block.type})`));
    return {text: words.join('\n'), images: images.map(source => `data:${source.media_type};base64,${source.data}`)};
}
