/**
 * A client of the agentws protocol in one module without dependencies, for browsers and Node: sessions, prompts as async iterators,
 * permissions, and a connection that comes back with nothing lost or doubled.
 *
 * @typedef {Record<string, any>} Json
 *
 * @typedef {object} ClientOptions
 * @property {string} url such as `ws://127.0.0.1:8001/ws`
 * @property {string | null} [key] what is shown to the server; null = the server wants none
 * @property {number} [timeoutMs] for each answer; 15000
 * @property {number} [firstPauseMs] before a lost connection is tried again; it doubles up to 10 s; 250
 * @property {boolean} [patient] `open` waits until a server answers, in place of giving up when none does; false
 * @property {number} [pingMs] how often a silent server is asked whether it lives; 20000
 * @property {(state: ConnectionState, detail: string) => void} [onState] hears how the connection is
 * @property {(frame: Frame) => void} [onFrame] hears every frame, before it is dealt with
 *
 * @typedef {'connecting' | 'ready' | 'waiting' | 'refused' | 'closed'} ConnectionState
 *
 * @typedef {object} SessionOptions see docs/protocol.md; the usual ones:
 * @property {string} [working_directory]
 * @property {string} [model]
 * @property {string[]} [tools]
 * @property {string} [permission_mode]
 * @property {string} [system_prompt]
 * @property {string[]} [allowed_tools]
 * @property {string[]} [disallowed_tools]
 * @property {number} [max_turns]
 * @property {boolean} [include_prompts] whether prompts are among the events (`user_prompt`)
 * @property {Json} [output_format]
 *
 * @typedef {{id: string, status: string, model_name: string, permission_mode: string, last_seq: number, queue_length: number,
 *   pending_permissions: string[], created_at: string, updated_at: string, num_turns: number, cost_usd: number | null,
 *   options: Json, error_message: string | null, message_count: number, duration_ms: number, sandbox?: string,
 *   working_directory?: string, title?: string | null, first_prompt?: string | null,
 *   forked_from?: {session_id: string, index: number | null}}} SessionInfo
 * @typedef {{index: number, role: 'user' | 'assistant', content: Json[], created_at: string | null, prompt_id: string | null,
 *   seq: number | null}} SaidMessage
 * @typedef {{type: 'messages_loaded', session_id: string, messages: SaidMessage[], total: number,
 *   next_cursor: string | null}} MessagesLoaded
 * @typedef {{query?: string, status?: 'idle' | 'processing' | 'ended', cursor?: string | null, limit?: number}} SessionSearch
 * @typedef {{input_tokens: number, output_tokens: number, cache_creation_input_tokens: number,
 *   cache_read_input_tokens: number}} Usage
 *
 * @typedef {{session_id: string, seq: number, replayed?: true}} Event
 * @typedef {Event & {type: 'session_created', status: string, session: SessionInfo}} SessionCreated
 * @typedef {Event & {type: 'session_updated', session: SessionInfo}} SessionUpdated
 * @typedef {Event & {type: 'agent_thinking', thinking: boolean, content?: string}} AgentThinking
 * @typedef {Event & {type: 'agent_message', content: string, complete: boolean, message_id: string}} AgentMessage
 * @typedef {Event & {type: 'agent_tool_use', tool: string, input: Json, tool_use_id: string}} AgentToolUse
 * @typedef {Event & {type: 'agent_tool_output', tool_use_id: string, stream: string, content: string}} AgentToolOutput
 * @typedef {Event & {type: 'agent_tool_result', tool_use_id: string, tool: string, content: string, is_error: boolean,
 *   duration_ms: number, details?: Json}} AgentToolResult
 * @typedef {{type: 'addRules' | 'replaceRules' | 'removeRules', rules: {toolName: string, ruleContent?: string | null}[],
 *   behavior: string, destination?: string} | {type: 'setMode', mode: string, destination?: string}
 *   | {type: 'addDirectories' | 'removeDirectories', directories: string[], destination?: string}} PermissionUpdate
 * @typedef {Event & {type: 'permission_request', request_id: string, tool: string, tool_use_id: string, parameters: Json,
 *   details: Json, description: string, expires_at: string, decision_reason?: string | null,
 *   suggestions?: PermissionUpdate[]}} PermissionRequest
 * @typedef {Event & {type: 'permission_acknowledged', request_id: string, approved: boolean, tool: string,
 *   status: string}} PermissionAcknowledged
 * @typedef {Event & {type: 'permission_denied', tool: string, tool_use_id: string, reason_type: string,
 *   message: string}} PermissionDenied
 * @typedef {Event & {type: 'agent_result', prompt_id: string | null, stop_reason: string, is_error: boolean, error: string | null,
 *   num_turns: number, duration_ms: number, ttft_ms: number | null, cost_usd: number | null, total_cost_usd: number | null,
 *   usage: Usage, context_tokens?: number, context_window?: number, structured_output?: any}} AgentResult
 * @typedef {Event & {type: 'user_prompt', prompt_id: string | null, content: string | Json[]}} UserPrompt
 * @typedef {Event & {type: 'context_compacted', trigger: string, by: string, pre_tokens: number, post_tokens: number}} ContextCompacted
 * @typedef {Event & {type: 'session_resumed', status: string, session: SessionInfo}} SessionResumed
 * @typedef {Event & {type: 'session_interrupted', status: string}} SessionInterrupted
 * @typedef {Event & {type: 'session_ended', status: string}} SessionEnded
 * @typedef {{type: 'error', message: string, code: string, session_id: string | null, details: Json | null,
 *   request_type: string | null, retryable: boolean, retry_after_ms?: number, seq?: number, replayed?: true}} ErrorFrame
 *   with a `seq` something that happened in a turn, else the refusal of a message
 * @typedef {{type: 'subscribed', session_id: string, after_seq: number, first_seq: number, last_seq: number, gap: boolean,
 *   status: string}} Subscribed
 * @typedef {SessionCreated | SessionUpdated | AgentThinking | AgentMessage | AgentToolUse | AgentToolOutput | AgentToolResult
 *   | PermissionRequest | PermissionAcknowledged | PermissionDenied | AgentResult | ContextCompacted | SessionInterrupted
 *   | SessionEnded | SessionResumed | UserPrompt | Subscribed | ErrorFrame} SessionFrame
 * @typedef {SessionFrame | {type: 'auth_success'} | {type: 'pong', timestamp?: any} | {type: 'sessions_list', sessions: SessionInfo[],
 *   next_cursor?: string | null} | MessagesLoaded
 *   | {type: 'agents_killed', killed_count: number, sessions_ended: string[]}} Frame
 */

const LONGEST_PAUSE_MS = 10_000;
const DEAD_AFTER_MS = 10_000;
const AUTHENTICATION_REQUIRED = 1008;

/** What the server refused, or that it cannot be reached. `code` is that of the protocol's `error` frame, or `unreachable`, `closed`. */
export class AgentError extends Error {
    /**
     * @param {string} code
     * @param {string} message
     */
    constructor(code, message) {
        super(message);
        this.name = 'AgentError';
        this.code = code;
    }
}

/** A connection that comes back by itself, and the sessions on it. */
export class AgentClient {
    /** @param {ClientOptions} options */
    constructor(options) {
        this.options = options;
        /** @type {ConnectionState} */
        this.state = 'closed';
        /** @type {Map<string, AgentSession>} */
        this.sessions = new Map();
        /** @type {WebSocket | null} */
        this.socket = null;
        /** Questions that wait, by the type of the answer and the session. @type {Map<string, Waiting[]>} */
        this.waiting = new Map();
        this.failures = 0;
        /** @type {ReturnType<typeof setTimeout> | undefined} */
        this.timer = undefined;
        /** @type {ReturnType<typeof setTimeout> | undefined} */
        this.dead = undefined;
        /** @type {Waiting | null} */
        this.opening = null;
    }

    /**
     * Connects and shows the key.
     *
     * @param {ClientOptions} options
     * @returns {Promise<AgentClient>}
     */
    static async connect(options) {
        const client = new AgentClient(options);
        await client.open();
        return client;
    }

    /** Connects; rejects when the key is refused, or nobody answers and the client is not patient. */
    open() {
        return new Promise((resolve, reject) => {
            this.opening = {resolve, reject};
            this.#connect();
        });
    }

    /**
     * A new session.
     *
     * @param {SessionOptions} [options]
     * @returns {Promise<AgentSession>}
     */
    async create(options = {}) {
        const session = new AgentSession(this, newId(), 0);
        return this.#join(session, 'session_created', {type: 'create_session', session_id: session.id, options});
    }

    /**
     * Joins a session that exists.
     *
     * @param {string} id
     * @param {number} [afterSeq] the newest event that is known already; 0 = all is sent again
     * @returns {Promise<AgentSession>}
     */
    async resume(id, afterSeq = 0) {
        const session = new AgentSession(this, id, afterSeq);
        return this.#join(session, 'subscribed', session.subscription());
    }

    /** @returns {Promise<SessionInfo[]>} all sessions of the server, oldest first */
    async list() {
        return (await this.#ask('sessions_list ', {type: 'list_sessions'})).sessions;
    }

    /**
     * Sessions that fit, newest activity first.
     *
     * @param {SessionSearch} search
     * @returns {Promise<{sessions: SessionInfo[], next_cursor: string | null}>} the cursor is for the page after this, null if there is none
     */
    find(search) {
        // Without any field all sessions would be told, and no cursor.
        return this.#ask('sessions_list ', {type: 'list_sessions', query: '', ...search});
    }

    /**
     * What was said in a session, which may have ended: a page of it.
     *
     * @param {string} id
     * @param {{order?: 'newest_first' | 'oldest_first', cursor?: string | null, limit?: number}} [page]
     * @returns {Promise<MessagesLoaded>}
     */
    messages(id, page = {}) {
        return this.#ask(`messages_loaded ${id}`, {type: 'load_messages', session_id: id, ...page});
    }

    /**
     * A new session that begins with the conversation of another.
     *
     * @param {string} id
     * @param {{index?: number, seq?: number, title?: string, options?: SessionOptions}} [place] where to fork; the end if it names none
     * @returns {Promise<AgentSession>}
     */
    async fork(id, place = {}) {
        const session = new AgentSession(this, newId(), 0);
        const message = {type: 'fork_session', session_id: id, new_session_id: session.id, ...place};
        return this.#join(session, 'session_created', message);
    }

    /**
     * Takes up a session that has ended and was kept by the server.
     *
     * @param {string} id
     * @returns {Promise<AgentSession>}
     */
    async reopen(id) {
        return this.#join(new AgentSession(this, id, 0), 'session_resumed', {type: 'resume_session', session_id: id});
    }

    /** Closes the connection; the sessions live on. */
    close() {
        this.#over('closed', new AgentError('closed', 'the client was closed'));
    }

    /** Tries a lost connection at once in place of at the end of the pause. */
    retry() {
        if (this.state === 'waiting') {
            this.#connect();
        }
    }

    /**
     * @param {Json} message
     * @returns {boolean} false if there is no connection; nothing is kept for later
     */
    send(message) {
        if (this.state !== 'ready' || this.socket === null || this.socket.readyState !== 1) {
            return false;
        }
        this.socket.send(JSON.stringify(message));
        return true;
    }

    /**
     * @param {AgentSession} session
     * @param {string} answer
     * @param {Json} message
     */
    async #join(session, answer, message) {
        this.sessions.set(session.id, session);
        try {
            await this.#ask(`${answer} ${session.id}`, message);
            return session;
        } catch (failure) {
            this.sessions.delete(session.id);
            throw failure;
        }
    }

    /**
     * @param {string} answer
     * @param {Json} message
     * @returns {Promise<any>}
     */
    #ask(answer, message) {
        return new Promise((resolve, reject) => {
            const timer = setTimeout(
                () => this.#take(answer, entry)?.reject(new AgentError('unreachable', `${message.type}: no answer`)),
                this.options.timeoutMs ?? 15_000);
            /** @type {Waiting} */
            const entry = {
                resolve: value => { clearTimeout(timer); resolve(value); },
                reject: failure => { clearTimeout(timer); reject(failure); },
            };
            this.waiting.set(answer, [...(this.waiting.get(answer) ?? []), entry]);
            if (!this.send(message)) {
                this.#take(answer, entry)?.reject(new AgentError('unreachable', 'there is no connection to the server just now'));
            }
        });
    }

    /**
     * @param {string} answer
     * @param {Waiting} [wanted] the oldest if absent
     * @returns {Waiting | undefined}
     */
    #take(answer, wanted) {
        const queue = this.waiting.get(answer) ?? [];
        const found = wanted === undefined ? queue[0] : queue.find(each => each === wanted);
        const rest = queue.filter(each => each !== found);
        if (rest.length === 0) {
            this.waiting.delete(answer);
        } else {
            this.waiting.set(answer, rest);
        }
        return found;
    }

    #connect() {
        clearTimeout(this.timer);
        this.#drop();
        this.#become('connecting', '');
        const socket = new WebSocket(this.options.url);
        this.socket = socket;
        const key = this.options.key ?? null;
        // Without a key a harmless question shows whether one is needed.
        socket.onopen = () => socket.send(JSON.stringify(key === null ? {type: 'ping'} : {type: 'auth', token: key}));
        socket.onmessage = message => {
            if (socket === this.socket) {
                this.#received(JSON.parse(String(message.data)));
            }
        };
        this.dead = setTimeout(() => {
            if (socket === this.socket) {
                this.#lost(0, 'no answer');
            }
        }, this.options.timeoutMs ?? 15_000);
        // Always followed by the close event, but for Node 20, where a connection that never came about has no other.
        socket.onerror = () => {
            if (socket === this.socket) {
                this.#lost(0, '');
            }
        };
        socket.onclose = close => {
            if (socket === this.socket) {
                this.#lost(close.code, close.reason);
            }
        };
    }

    /** @param {any} frame */
    #received(frame) {
        clearTimeout(this.dead);
        this.options.onFrame?.(frame);
        if (this.state !== 'connecting') {
            this.#frame(frame);
        } else if (frame.type !== 'error') {
            this.#ready();
        } else if (!frame.retryable || frame.code === 'rate_limited') {
            // Nothing but wrong keys is limited so early.
            this.#over('refused', new AgentError(frame.code, frame.message));
        } else {
            this.#lost(0, frame.message);
        }
    }

    #ready() {
        this.failures = 0;
        // Those that join as soon as they hear of it have no need to come back.
        const before = [...this.sessions.values()];
        this.#become('ready', '');
        this.#watch();
        before.forEach(session => this.send(session.back()));
        this.opening?.resolve(undefined);
        this.opening = null;
    }

    /** @param {any} frame */
    #frame(frame) {
        const id = frame.session_id ?? '';
        const session = this.sessions.get(id);
        if (frame.type === 'error' && frame.seq === undefined) {
            const failure = new AgentError(frame.code, frame.message);
            /** @type {Record<string, string>} */
            const answers = {
                create_session: 'session_created', fork_session: 'session_created', list_sessions: 'sessions_list',
                subscribe: 'subscribed', load_messages: 'messages_loaded', resume_session: 'session_resumed',
            };
            const asked = this.#take(`${answers[frame.request_type] ?? ''} ${id}`);
            if (asked === undefined) {
                session?.refused(frame, failure);
            } else {
                asked.reject(failure);
            }
            return;
        }
        if (frame.type !== 'messages_loaded') {
            session?.accept(frame);
        }
        if (frame.replayed !== true) {
            this.#take(`${frame.type} ${id}`)?.resolve(frame);
        }
        if (frame.type === 'session_ended') {
            this.sessions.delete(id);
        }
    }

    /**
     * @param {number} code
     * @param {string} reason
     */
    #lost(code, reason) {
        const first = this.opening !== null && this.options.patient !== true;
        const wasReady = this.state === 'ready';
        this.#drop();
        if (code === AUTHENTICATION_REQUIRED && !wasReady) {
            this.#over('refused', new AgentError('auth_required', reason));
            return;
        }
        if (first) {
            this.#over('closed', new AgentError('unreachable', `no server answers at ${this.options.url}`));
            return;
        }
        if (wasReady) {
            this.#reject(new AgentError('unreachable', 'the connection broke before the answer came'));
            this.sessions.forEach(session => session.cut());
        }
        const pause = Math.min(LONGEST_PAUSE_MS, (this.options.firstPauseMs ?? 250) * 2 ** this.failures++);
        // Not all clients of a server that was restarted at the same moment.
        this.timer = setTimeout(() => this.#connect(), pause * (0.75 + Math.random() / 2));
        this.#become('waiting', reason);
    }

    /** Browsers do not show the protocol's pings, so a dead server is found by asking. */
    #watch() {
        clearTimeout(this.timer);
        this.timer = setTimeout(() => {
            if (this.send({type: 'ping'})) {
                clearTimeout(this.dead);
                const socket = this.socket;
                this.dead = setTimeout(() => {
                    if (socket === this.socket) {
                        this.#lost(0, 'the server is silent');
                    }
                }, DEAD_AFTER_MS);
                this.#watch();
            }
        }, this.options.pingMs ?? 20_000);
    }

    #drop() {
        const socket = this.socket;
        this.socket = null;
        clearTimeout(this.dead);
        clearTimeout(this.timer);
        socket?.close();
    }

    /**
     * @param {ConnectionState} state
     * @param {AgentError} failure
     */
    #over(state, failure) {
        this.#drop();
        this.#reject(failure);
        this.sessions.forEach(session => session.over(failure));
        this.opening?.reject(failure);
        this.opening = null;
        this.#become(state, failure.message);
    }

    /** @param {AgentError} failure */
    #reject(failure) {
        const all = [...this.waiting.values()].flat();
        this.waiting.clear();
        all.forEach(each => each.reject(failure));
    }

    /**
     * @param {ConnectionState} state
     * @param {string} detail
     */
    #become(state, detail) {
        this.state = state;
        this.options.onState?.(state, detail);
    }
}

/** @typedef {{resolve: (value: any) => void, reject: (failure: AgentError) => void}} Waiting */

/** One session: messages out, frames in, in order and each once, also over a cut connection. */
export class AgentSession {
    /** Prompts without a result. @type {Map<string, Json>} */
    #prompts = new Map();
    /** Answers that the server has not acknowledged. @type {Map<string, Json>} */
    #answers = new Map();
    /** Open questions that were handed out. @type {Set<string>} */
    #asked = new Set();
    /** Prompts of which it is unknown, after a cut, whether the server has them. @type {Set<string>} */
    #uncertain = new Set();
    /** @type {Set<FrameQueue>} */
    #queues = new Set();
    /** @type {AgentError | null} */
    #failure = null;

    /**
     * Made by {@link AgentClient.create} and {@link AgentClient.resume}.
     *
     * @param {AgentClient} client
     * @param {string} id
     * @param {number} lastSeq
     */
    constructor(client, id, lastSeq) {
        this.client = client;
        this.id = id;
        /** The newest event, for {@link AgentClient.resume}. */
        this.lastSeq = lastSeq;
        /** What came before somebody listened. @type {SessionFrame[]} */
        this.early = [];
    }

    /**
     * Sends a prompt and gives its frames up to its `agent_result`, which is the last. Whoever breaks off the loop leaves the turn running.
     * If the connection breaks before the server has the prompt, it is sent after the return, never twice.
     *
     * @param {string | Json[]} content text, or blocks of content
     * @returns {AsyncGenerator<SessionFrame, void, void>}
     */
    async *prompt(content) {
        this.early.length = 0;
        const queue = this.#listen();
        const promptId = this.submit(content);
        try {
            for await (const frame of queue) {
                if (frame.type === 'error' && frame.seq === undefined && frame.request_type === 'send_prompt') {
                    throw new AgentError(frame.code, frame.message);
                }
                yield frame;
                if (frame.type === 'agent_result' && frame.prompt_id === promptId) {
                    return;
                }
            }
        } finally {
            this.#queues.delete(queue);
        }
    }

    /**
     * Sends a prompt and gives its id, for whoever listens by {@link frames}. It reaches the server as that of {@link prompt} does.
     *
     * @param {string | Json[]} content text, or blocks of content
     * @returns {string}
     */
    submit(content) {
        const promptId = newId();
        const message = {
            type: 'send_prompt', session_id: this.id, prompt_id: promptId,
            ...(typeof content === 'string' ? {prompt: content} : {content}),
        };
        this.#prompts.set(promptId, message);
        if (!this.client.send(message)) {
            this.#uncertain.add(promptId);
        }
        return promptId;
    }

    /**
     * All frames of the session from now on, and those that came before anybody listened; ends when the session does.
     *
     * @returns {AsyncGenerator<SessionFrame, void, void>}
     */
    async *frames() {
        const queue = this.#listen();
        queue.frames.unshift(...this.early.splice(0));
        try {
            yield* queue;
        } finally {
            this.#queues.delete(queue);
        }
    }

    /**
     * The text of the answer to one prompt, for whoever wants no more.
     *
     * @param {string | Json[]} content
     * @returns {Promise<string>} rejects with an `AgentError` of the code `turn_failed` if the turn ended with an error
     */
    async ask(content) {
        let text = '';
        for await (const frame of this.prompt(content)) {
            if (frame.type === 'agent_message' && frame.complete && frame.content !== '') {
                text = frame.content;
            } else if (frame.type === 'agent_result' && frame.is_error) {
                throw new AgentError('turn_failed', frame.error ?? frame.stop_reason);
            }
        }
        return text;
    }

    /** Stops the running turn. Without a connection nothing happens. */
    interrupt() {
        this.client.send({type: 'interrupt_session', session_id: this.id});
    }

    /** Ends the session. */
    end() {
        this.client.send({type: 'end_session', session_id: this.id});
    }

    /**
     * Says yes to a question.
     *
     * @param {string} requestId
     * @param {{remember?: true | Json | Json[], updated_input?: Json}} [more]
     */
    allow(requestId, more = {}) {
        this.#answer(requestId, {approved: true, ...more});
    }

    /**
     * Says no to a question.
     *
     * @param {string} requestId
     * @param {string} [reason] is told to the model
     * @param {{interrupt?: boolean}} [more] whether the turn ends too
     */
    deny(requestId, reason, more = {}) {
        this.#answer(requestId, {approved: false, ...(reason ? {reason} : {}), ...more});
    }

    /** @param {string} mode */
    setMode(mode) {
        this.client.send({type: 'set_permission_mode', session_id: this.id, mode});
    }

    /** @param {string | null} model null = the server's */
    setModel(model) {
        this.client.send({type: 'set_model', session_id: this.id, model});
    }

    /** @param {string | null} title null = the beginning of the first prompt */
    rename(title) {
        this.client.send({type: 'rename_session', session_id: this.id, title});
    }

    /**
     * @param {string} requestId
     * @param {Json} fields
     */
    #answer(requestId, fields) {
        const message = {type: 'permission_response', session_id: this.id, request_id: requestId, ...fields};
        this.#answers.set(requestId, message);
        this.client.send(message);
    }

    #listen() {
        const queue = new FrameQueue();
        if (this.#failure !== null) {
            queue.end(this.#failure);
        }
        this.#queues.add(queue);
        return queue;
    }

    /** For the client. @returns {Json} */
    subscription() {
        return {type: 'subscribe', session_id: this.id, after_seq: this.lastSeq};
    }

    /** For the client: what to send when the connection is there again. @returns {Json} */
    back() {
        this.#prompts.forEach((prompt, id) => this.#uncertain.add(id));
        return this.subscription();
    }

    /**
     * For the client.
     *
     * @param {any} frame
     */
    accept(frame) {
        if (frame.type === 'subscribed') {
            this.#subscribed(frame);
        } else if (frame.seq !== undefined) {
            // Open questions come again with their old number, which is of use only to who has not seen them.
            const again = frame.type === 'permission_request' && !this.#asked.has(frame.request_id);
            if (frame.seq <= this.lastSeq && !again) {
                return;
            }
            this.lastSeq = Math.max(this.lastSeq, frame.seq);
            this.#event(frame);
        }
        this.#hand(frame);
        if (frame.type === 'session_ended') {
            this.over(null);
        }
    }

    /** @param {any} frame */
    #event(frame) {
        if (frame.type === 'permission_request') {
            this.#asked.add(frame.request_id);
        } else if (frame.type === 'permission_acknowledged') {
            this.#asked.delete(frame.request_id);
            this.#answers.delete(frame.request_id);
        } else if (frame.type === 'user_prompt') {
            this.#arrived(frame.prompt_id);
        } else if (frame.type === 'agent_result') {
            this.#arrived(frame.prompt_id);
            if (this.#uncertain.size > 0) {
                // Maybe ours comes next, maybe the server never got it: its state tells.
                this.client.send(this.subscription());
            }
        }
    }

    /** The server has it, so it is never sent again. @param {string} promptId */
    #arrived(promptId) {
        this.#prompts.delete(promptId);
        this.#uncertain.delete(promptId);
    }

    /** @param {any} frame */
    #subscribed(frame) {
        if (frame.gap) {
            // What is lost never comes, and asking for it again would only tell of the same gap.
            this.lastSeq = Math.min(Math.max(this.lastSeq, frame.first_seq - 1), frame.last_seq);
        }
        this.#answers.forEach(answer => this.client.send(answer));
        if (this.#uncertain.size === 0 || frame.status !== 'idle') {
            return;
        }
        if (frame.last_seq <= this.lastSeq) {
            const lost = [...this.#uncertain];
            this.#uncertain.clear();
            lost.forEach(id => this.#again(id));
        } else {
            // The rest may hold the result. Asked again, the answer comes behind it.
            this.client.send({...this.subscription(), after_seq: frame.last_seq});
        }
    }

    /** @param {string} promptId */
    #again(promptId) {
        const message = this.#prompts.get(promptId);
        if (message !== undefined && !this.client.send(message)) {
            this.#uncertain.add(promptId);
        }
    }

    /**
     * For the client.
     *
     * @param {any} frame
     * @param {AgentError} failure
     */
    refused(frame, failure) {
        if (frame.code === 'permission_not_found') {
            // Somebody else was quicker, or this answer came twice: the acknowledgement tells what holds.
            return;
        }
        const newest = [...this.#prompts.keys()].at(-1);
        if (frame.request_type === 'send_prompt' && newest !== undefined) {
            this.#arrived(newest);
        }
        this.#hand(frame);
        if (frame.code === 'session_not_found') {
            this.over(failure);
        }
    }

    /** For the client. */
    cut() {
        this.#prompts.forEach((prompt, id) => this.#uncertain.add(id));
    }

    /**
     * For the client.
     *
     * @param {AgentError | null} failure null = a good end
     */
    over(failure) {
        this.#failure = failure ?? new AgentError('session_not_found', 'the session has ended');
        this.#queues.forEach(queue => queue.end(failure));
    }

    /** @param {SessionFrame} frame */
    #hand(frame) {
        if (this.#queues.size === 0) {
            this.early.push(frame);
        }
        this.#queues.forEach(queue => queue.put(frame));
    }
}

/** Frames on their way to one loop. @implements {AsyncIterable<SessionFrame>} */
class FrameQueue {
    /** @type {SessionFrame[]} */
    frames = [];
    #ended = false;
    /** @type {AgentError | null} */
    #failure = null;
    /** @type {(() => void) | null} */
    #wake = null;

    /** @param {SessionFrame} frame */
    put(frame) {
        this.frames.push(frame);
        this.#wake?.();
    }

    /** @param {AgentError | null} failure */
    end(failure) {
        this.#ended = true;
        this.#failure = failure;
        this.#wake?.();
    }

    /** @returns {AsyncGenerator<SessionFrame, void, void>} */
    async *[Symbol.asyncIterator]() {
        while (true) {
            const frame = this.frames.shift();
            if (frame !== undefined) {
                yield frame;
            } else if (this.#failure !== null) {
                throw this.#failure;
            } else if (this.#ended) {
                return;
            } else {
                await new Promise(resolve => { this.#wake = () => resolve(undefined); });
                this.#wake = null;
            }
        }
    }
}

/** An id as of `crypto.randomUUID`, which browsers have on pages of a secure origin only. */
function newId() {
    const random = [...crypto.getRandomValues(new Uint8Array(16))].map(byte => byte.toString(16).padStart(2, '0')).join('');
    return random.replace(/^(.{8})(.{4}).(.{3}).(.{3})/, '$1-$2-4$3-a$4-');
}
