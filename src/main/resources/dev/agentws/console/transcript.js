/**
 * What one session looks like, put together from its events. No DOM, no socket: frames go in by `apply`, and whoever shows it reads the
 * fields. Items are changed in place and say so by their `version`, so that a piece of text costs no copy.
 *
 * @typedef {import('./agentws.js').SessionInfo} SessionInfo
 * @typedef {import('./agentws.js').PermissionRequest} PermissionRequest
 * @typedef {import('./agentws.js').AgentResult} AgentResult
 * @typedef {import('./agentws.js').ErrorFrame & import('./agentws.js').Event} TurnError
 * @typedef {Exclude<import('./agentws.js').SessionFrame, import('./agentws.js').Subscribed | import('./agentws.js').ErrorFrame>
 *   | TurnError} SessionEvent
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
 * @typedef {Shown & {kind: 'result', result: AgentResult}} ResultItem
 * @typedef {Shown & {kind: 'error', message: string, code: string, retryable: boolean}} ErrorItem
 * @typedef {Shown & {kind: 'notice', text: string}} NoticeItem
 * @typedef {PromptItem | ThinkingItem | TextItem | ToolItem | ResultItem | ErrorItem | NoticeItem} Item
 */
import {modeName} from './choices.js';

/** So much of what a command prints is kept for the eye; the rest is in the tool's result or its file. */
const MAX_OUTPUT = 200_000;

export class Transcript {
    /**
     * @param {string} id
     * @param {Prompt[]} prompts those that this page has sent, in order
     */
    constructor(id, prompts = []) {
        this.id = id;
        /** @type {SessionInfo | null} */
        this.info = null;
        /** @type {Item[]} */
        this.items = [];
        /** Sent, and not yet seen at the beginning of a turn; those that the server is known to have come first. @type {Prompt[]} */
        this.waiting = prompts;
        /** Which time it is that somebody listens to the session for this. */
        this.joins = 0;
        /** @type {Map<string, PermissionRequest>} */
        this.questions = new Map();
        /** Requests that need no answer any more, so that one sent again does not come back. @type {Set<string>} */
        this.settled = new Set();
        /** @type {PromptItem | null} */
        this.turn = null;
        /** Whether the model is thinking. */
        this.thinking = false;
        this.ended = false;
        this.lastSeq = 0;
        /** Events up to here are on their way again. */
        this.replayTo = 0;
        /** @type {AgentResult | null} */
        this.lastResult = null;
        this.version = 0;
        /** @type {ThinkingItem | null} */
        this.openThinking = null;
        /** @type {TextItem | null} */
        this.openText = null;
        /** @type {Map<string, ToolItem>} */
        this.tools = new Map();
        this.made = 0;
    }

    get busy() {
        return this.turn !== null;
    }

    get replaying() {
        return this.lastSeq < this.replayTo;
    }

    /** @param {Prompt} prompt */
    sent(prompt) {
        prompt.state = 'sent';
        this.waiting.push(prompt);
        this.version++;
    }

    /** @param {string} promptId */
    forget(promptId) {
        this.waiting = this.waiting.filter(prompt => prompt.id !== promptId);
        this.version++;
    }

    /** The server has refused the newest prompt. @param {string} note */
    refused(note) {
        const prompt = this.waiting.filter(each => each.state === 'sent' && !each.known).at(-1);
        if (prompt !== undefined) {
            prompt.state = 'refused';
            prompt.note = note;
            this.version++;
        }
    }

    /** The server is known to have nothing left to do: what was sent at an earlier join, and has begun no turn, has not arrived. */
    quiet() {
        for (const prompt of this.waiting) {
            if (prompt.state === 'sent' && !prompt.known && prompt.join !== this.joins) {
                prompt.state = 'lost';
                prompt.note = 'This did not reach the server.';
                this.version++;
            }
        }
    }

    /** @param {import('./agentws.js').Subscribed} frame */
    subscribed(frame) {
        if (frame.gap && frame.after_seq > frame.last_seq) {
            // Another session of the same id: what is shown is of one that is gone.
            this.clear();
            this.lastSeq = frame.last_seq;
            this.notice('This is another session of the same name; what was shown before is gone.');
        } else if (frame.gap) {
            this.closeOpen();
            this.waiting = this.waiting.filter(prompt => prompt.state !== 'sent');
            this.lastSeq = frame.first_seq - 1;
            this.notice('The server no longer has all of the conversation; a part is missing here.');
        }
        this.replayTo = frame.last_seq;
        this.version++;
    }

    clear() {
        this.closeOpen();
        this.items = [];
        this.questions.clear();
        this.tools.clear();
        this.turn = null;
        this.thinking = false;
        this.lastResult = null;
    }

    /**
     * Takes one event.
     *
     * @param {SessionEvent} event
     * @returns {boolean} false if events before this one are missing, and have to be asked for; it is not taken then
     */
    apply(event) {
        if (event.seq <= this.lastSeq) {
            // Seen already, but for a question that is asked again: its identity is its request.
            if (event.type === 'permission_request' && !this.settled.has(event.request_id)) {
                this.ask(event);
            }
            return true;
        }
        // Pieces may come merged, with the number of the last of them; nothing else leaves a number out.
        if (event.seq > this.lastSeq + 1 && !isPiece(event)) {
            return false;
        }
        this.lastSeq = event.seq;
        this.version++;
        this.take(event);
        return true;
    }

    /**
     * Puts what the session began with before its first event.
     *
     * @param {import('./agentws.js').SaidMessage[]} messages
     */
    inherit(messages) {
        const {items: later, openText, openThinking} = this;
        this.items = [];
        this.openText = null;
        this.openThinking = null;
        for (const message of messages) {
            for (const block of message.content) {
                this.inheritBlock(message, block);
            }
        }
        if (this.items.length > 0) {
            this.notice('Forked here.');
        }
        this.items = [...this.items, ...later];
        this.openText = openText;
        this.openThinking = openThinking;
        this.version++;
    }

    /**
     * @param {import('./agentws.js').SaidMessage} message
     * @param {Record<string, any>} block
     */
    inheritBlock(message, block) {
        const id = `before-${message.index}`;
        if (block.type === 'tool_use') {
            this.use({type: 'agent_tool_use', session_id: this.id, seq: 0, tool: block.name, input: block.input, tool_use_id: block.id});
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

    /** @param {SessionEvent} event */
    take(event) {
        switch (event.type) {
            case 'session_created':
                this.info = event.session;
                break;
            case 'session_updated':
                this.updated(event.session);
                break;
            case 'session_interrupted':
                this.thinking = false;
                break;
            case 'session_resumed':
                this.ended = false;
                this.info = event.session;
                this.notice('The session goes on.');
                break;
            case 'session_ended':
                this.ended = true;
                this.turn = null;
                this.questions.clear();
                this.closeOpen();
                this.notice('The session has ended.');
                break;
            case 'user_prompt':
                this.prompted(event);
                break;
            case 'agent_result':
                this.result(event);
                break;
            default:
                this.inTurn(event);
        }
    }

    /** @param {SessionEvent} event */
    inTurn(event) {
        this.begin();
        switch (event.type) {
            case 'agent_thinking':
                this.think(event);
                break;
            case 'agent_message':
                this.say(event);
                break;
            case 'agent_tool_use':
                this.use(event);
                break;
            case 'agent_tool_output':
                this.print(event);
                break;
            case 'agent_tool_result':
                this.used(event);
                break;
            case 'permission_request':
                this.ask(event);
                break;
            case 'permission_acknowledged':
                this.answered(event);
                break;
            case 'permission_denied':
                this.tool(event.tool_use_id, tool => {
                    tool.permission = 'denied';
                    tool.note = event.message;
                });
                break;
            case 'context_compacted':
                this.notice(`The conversation was summarised: ${event.pre_tokens.toLocaleString('en')} tokens became about `
                    + `${event.post_tokens.toLocaleString('en')}.`);
                break;
            case 'error':
                this.closeOpen();
                this.add({kind: 'error', message: event.message, code: event.code, retryable: event.retryable});
                break;
            default:
            // A type of a newer server: its number counts, its content is not for this page.
        }
    }

    /** Whoever sent it, the server has it now. Those of this page are shown already. @param {import('./agentws.js').UserPrompt} event */
    prompted(event) {
        if (event.prompt_id !== null && this.turn?.prompt?.id === event.prompt_id) {
            return;
        }
        const own = this.waiting.find(prompt => prompt.id === event.prompt_id);
        const prompt = own ?? {id: event.prompt_id ?? `unnamed-${event.seq}`, ...seen(event.content)};
        prompt.known = true;
        prompt.state = 'sent';
        const others = this.waiting.filter(each => each !== prompt);
        this.waiting = [...others.filter(each => each.known), prompt, ...others.filter(each => !each.known)];
    }

    /** A turn begins with its first event. Which prompt it is for is told only at its end; until then it is the oldest of ours. */
    begin() {
        if (this.turn === null) {
            const prompt = this.waiting.find(each => each.state !== 'refused') ?? null;
            this.waiting = this.waiting.filter(each => each !== prompt);
            this.turn = /** @type {PromptItem} */ (this.add({kind: 'prompt', prompt}));
        }
    }

    /** @param {AgentResult} event */
    result(event) {
        this.begin();
        const turn = /** @type {PromptItem} */ (this.turn);
        const guessed = turn.prompt;
        // A prompt without a name is answered without one.
        const unnamed = event.prompt_id === null && guessed?.known === true;
        if ((guessed?.id ?? null) !== event.prompt_id && !unnamed) {
            const right = this.waiting.find(prompt => prompt.id === event.prompt_id) ?? null;
            this.waiting = this.waiting.filter(prompt => prompt !== right);
            if (guessed !== null) {
                this.waiting.unshift(guessed);
            }
            turn.prompt = right;
            turn.version++;
        }
        this.closeOpen();
        this.questions.forEach((question, request) => this.settled.add(request));
        this.questions.clear();
        this.thinking = false;
        this.turn = null;
        this.lastResult = event;
        if (this.info !== null) {
            this.info = {...this.info, cost_usd: event.total_cost_usd, status: 'idle'};
        }
        this.add({kind: 'result', result: event});
    }

    /** @param {import('./agentws.js').AgentThinking} event */
    think(event) {
        this.thinking = event.thinking;
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
        const tool = /** @type {ToolItem} */ (this.add({
            kind: 'tool', id: event.tool_use_id, name: event.tool, input: event.input, output: '', cut: false, result: null,
            isError: false, durationMs: null, details: null, permission: null, note: null,
        }));
        this.tools.set(tool.id, tool);
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

    /** @param {PermissionRequest} event */
    ask(event) {
        this.questions.set(event.request_id, event);
        this.version++;
        this.tool(event.tool_use_id, tool => {
            tool.permission = 'asked';
        });
    }

    /** @param {import('./agentws.js').PermissionAcknowledged} event */
    answered(event) {
        const question = this.questions.get(event.request_id);
        this.questions.delete(event.request_id);
        this.settled.add(event.request_id);
        if (question !== undefined) {
            this.tool(question.tool_use_id, tool => {
                tool.permission = event.status;
            });
        }
    }

    /** @param {SessionInfo} session */
    updated(session) {
        const before = this.info;
        this.info = session;
        if (before !== null && before.permission_mode !== session.permission_mode) {
            this.notice(`The permission mode is now: ${modeName(session.permission_mode)}.`);
        }
        if (before !== null && before.model_name !== session.model_name) {
            this.notice(`The model is now ${session.model_name}.`);
        }
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

    /** @param {string} text */
    notice(text) {
        this.add({kind: 'notice', text});
    }

    /** @param {any} item */
    add(item) {
        const shown = /** @type {Item} */ ({...item, key: `i${this.made++}`, version: 0});
        this.items.push(shown);
        this.version++;
        return shown;
    }
}

/** @param {SessionEvent} event */
function isPiece(event) {
    return (event.type === 'agent_message' && !event.complete)
        || (event.type === 'agent_thinking' && event.content !== undefined)
        || event.type === 'agent_tool_output';
}

/**
 * Content as it can be shown.
 *
 * @param {string | Record<string, any>[]} content
 * @returns {{text: string, images: string[]}}
 */
function seen(content) {
    if (typeof content === 'string') {
        return {text: content, images: []};
    }
    const images = content.flatMap(({type, source}) => (type === 'image' && source?.type === 'base64' ? [source] : []));
    const words = content.filter(block => !images.includes(block.source))
        .map(block => (typeof block.text === 'string' ? block.text : `(${block.type})`));
    return {text: words.join('\n'), images: images.map(source => `data:${source.media_type};base64,${source.data}`)};
}
