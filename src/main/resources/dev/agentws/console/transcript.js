/**
 * What one session looks like, put together from its events. No DOM, no socket: frames go in by `apply`, and whoever shows it reads the
 * fields.
 *
 * @typedef {import('./agentws.js').SessionInfo} SessionInfo
 * @typedef {import('./agentws.js').PermissionRequest} PermissionRequest
 * @typedef {import('./agentws.js').AgentResult} AgentResult
 * @typedef {import('./agentws.js').ErrorFrame & import('./agentws.js').Event} TurnError
 * @typedef {Exclude<import('./agentws.js').SessionFrame, import('./agentws.js').Subscribed | import('./agentws.js').ErrorFrame>
 *   | TurnError} SessionEvent
 * @typedef {import('./items.js').Prompt} Prompt
 * @typedef {import('./items.js').PromptItem} PromptItem
 */
import {modeName} from './choices.js';
import {Items, seen} from './items.js';

export class Transcript {
    /**
     * @param {string} id
     * @param {Prompt[]} prompts those that this page has sent, in order
     */
    constructor(id, prompts = []) {
        this.id = id;
        /** @type {SessionInfo | null} */
        this.info = null;
        this.shown = new Items();
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
    }

    get items() {
        return this.shown.all;
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
            this.shown.notice('This is another session of the same name; what was shown before is gone.');
        } else if (frame.gap) {
            this.shown.closeOpen();
            this.waiting = this.waiting.filter(prompt => prompt.state !== 'sent');
            this.lastSeq = frame.first_seq - 1;
            this.shown.notice('The server no longer has all of the conversation; a part is missing here.');
        }
        this.replayTo = frame.last_seq;
        this.version++;
    }

    clear() {
        this.shown.clear();
        this.questions.clear();
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
        this.shown.inherit(messages);
        this.version++;
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
                this.shown.notice('The session goes on.');
                break;
            case 'session_ended':
                this.ended = true;
                this.turn = null;
                this.questions.clear();
                this.shown.closeOpen();
                this.shown.notice('The session has ended.');
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
                this.thinking = event.thinking;
                this.shown.think(event);
                break;
            case 'agent_message':
                this.shown.say(event);
                break;
            case 'agent_tool_use':
                this.shown.use(event);
                break;
            case 'agent_tool_output':
                this.shown.print(event);
                break;
            case 'agent_tool_result':
                this.shown.used(event);
                break;
            case 'permission_request':
                this.ask(event);
                break;
            case 'permission_acknowledged':
                this.answered(event);
                break;
            case 'permission_denied':
                this.shown.tool(event.tool_use_id, tool => {
                    tool.permission = 'denied';
                    tool.note = event.message;
                });
                break;
            case 'context_compacted':
                this.shown.notice(`The conversation was summarised: ${event.pre_tokens.toLocaleString('en')} tokens became about `
                    + `${event.post_tokens.toLocaleString('en')}.`);
                break;
            case 'error':
                this.shown.closeOpen();
                this.shown.add({kind: 'error', message: event.message, code: event.code, retryable: event.retryable});
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
            this.turn = /** @type {PromptItem} */ (this.shown.add({kind: 'prompt', prompt}));
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
        this.shown.closeOpen();
        this.questions.forEach((question, request) => this.settled.add(request));
        this.questions.clear();
        this.thinking = false;
        this.turn = null;
        this.lastResult = event;
        if (this.info !== null) {
            this.info = {...this.info, cost_usd: event.total_cost_usd, status: 'idle'};
        }
        this.shown.add({kind: 'result', result: event});
    }

    /** @param {PermissionRequest} event */
    ask(event) {
        this.questions.set(event.request_id, event);
        this.version++;
        this.shown.tool(event.tool_use_id, tool => {
            tool.permission = 'asked';
        });
    }

    /** @param {import('./agentws.js').PermissionAcknowledged} event */
    answered(event) {
        const question = this.questions.get(event.request_id);
        this.questions.delete(event.request_id);
        this.settled.add(event.request_id);
        if (question !== undefined) {
            this.shown.tool(question.tool_use_id, tool => {
                tool.permission = event.status;
            });
        }
    }

    /** @param {SessionInfo} session */
    updated(session) {
        const before = this.info;
        this.info = session;
        if (before !== null && before.permission_mode !== session.permission_mode) {
            this.shown.notice(`The permission mode is now: ${modeName(session.permission_mode)}.`);
        }
        if (before !== null && before.model_name !== session.model_name) {
            this.shown.notice(`The model is now ${session.model_name}.`);
        }
    }
}

/** @param {SessionEvent} event */
function isPiece(event) {
    return (event.type === 'agent_message' && !event.complete)
        || (event.type === 'agent_thinking' && event.content !== undefined)
        || event.type === 'agent_tool_output';
}
