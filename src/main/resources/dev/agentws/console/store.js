/**
 * All that the page knows, and what it does with frames and with what the person wants. Views read the fields and call the methods; each
 * change asks for one drawing per animation frame, however many frames come.
 *
 * @typedef {import('./agentws.js').SessionInfo} SessionInfo
 * @typedef {import('./agentws.js').PermissionRequest} PermissionRequest
 * @typedef {import('./items.js').Prompt} Prompt
 * @typedef {import('./memory.js').Wishes} Wishes
 * @typedef {import('./draft.js').Draft} Draft
 */
import {AgentClient, AgentError} from './agentws.js';
import {contentOf} from './draft.js';
import {keepKey} from './key.js';
import {Listening} from './listening.js';
import {forgetPrompts, lastWishes, promptsOf, rememberPrompt, rememberWishes} from './memory.js';
import {Transcript} from './transcript.js';
import {USUAL_TOOLS} from './choices.js';

const LIST_EVERY_MS = 5_000;
const TOAST_MS = 8_000;

export class Store {
    /**
     * @param {string} url of the socket
     * @param {() => void} draw
     */
    constructor(url, draw) {
        this.draw = draw;
        this.drawing = false;
        this.url = url;
        /** @type {AgentClient | null} */
        this.client = null;
        this.listening = new Listening(this);
        /** @type {import('./agentws.js').ConnectionState} */
        this.state = 'connecting';
        this.everReady = false;
        /** Why the key was refused, or empty. */
        this.refusal = '';
        /** @type {SessionInfo[] | null} */
        this.sessions = null;
        /** @type {string | null} */
        this.selected = null;
        this.filter = '';
        /** @type {Map<string, Draft>} */
        this.drafts = new Map();
        this.wishes = lastWishes();
        this.creating = false;
        this.creationError = '';
        this.dialog = false;
        this.drawer = false;
        /** Whether the title of the selected session is being written. */
        this.renaming = false;
        /** @type {{id: number, text: string}[]} */
        this.toasts = [];
        this.made = 0;
    }

    /** @param {string | null} key */
    start(key) {
        this.connect(key);
        setInterval(() => document.visibilityState === 'visible' && this.list(), LIST_EVERY_MS);
        addEventListener('online', () => this.retry());
        document.addEventListener('visibilitychange', () => {
            if (document.visibilityState === 'visible') {
                this.retry();
                this.list();
            }
        });
    }

    changed() {
        if (!this.drawing) {
            this.drawing = true;
            requestAnimationFrame(() => {
                this.drawing = false;
                this.draw();
            });
        }
    }

    // ---- the connection

    /** @param {string | null} key null = none is known; a server without authentication lets in all the same */
    connect(key) {
        const client = new AgentClient({
            url: this.url, key, patient: true,
            onState: (state, detail) => client === this.client && this.onState(state, detail),
            onFrame: frame => this.heard(frame),
        });
        this.client?.close();
        this.client = client;
        // How it went is told by the state.
        client.open().catch(() => undefined);
    }

    /** Tries at once in place of at the end of the pause. */
    retry() {
        this.client?.retry();
    }

    /** @param {string} key */
    login(key) {
        keepKey(key);
        this.connect(key);
    }

    /**
     * @param {import('./agentws.js').ConnectionState} state
     * @param {string} detail
     */
    onState(state, detail) {
        this.state = state;
        if (state === 'ready') {
            this.everReady = true;
            this.refusal = '';
            this.listening.resume();
            this.list();
        } else if (state === 'refused') {
            // That a key is wanted is no reproach to who has shown none.
            this.refusal = this.client?.options.key === null ? '' : detail;
            keepKey(null);
        }
        this.changed();
    }

    /** What is refused of sessions that are not listened to. @param {import('./agentws.js').Frame} frame */
    heard(frame) {
        const answered = frame.type === 'error' && ['create_session', 'fork_session', 'subscribe', 'list_sessions', 'load_messages'].includes(frame.request_type ?? '');
        if (this.state === 'ready' && frame.type === 'error' && !answered && !this.listening.joined.has(frame.session_id ?? '')) {
            this.toast(frame.message);
        }
    }

    /** @param {string} text */
    toast(text) {
        const toast = {id: this.made++, text};
        this.toasts = [...this.toasts, toast];
        setTimeout(() => this.dismiss(toast.id), TOAST_MS);
        this.changed();
    }

    /** @param {number} id */
    dismiss(id) {
        this.toasts = this.toasts.filter(toast => toast.id !== id);
        this.changed();
    }

    // ---- sessions

    list() {
        if (this.state === 'ready') {
            // When it fails, the next one comes soon.
            this.client?.list().then(sessions => this.listed(sessions), () => undefined);
        }
    }

    /** @param {SessionInfo[]} sessions */
    listed(sessions) {
        this.sessions = sessions;
        this.changed();
        this.listening.listed(sessions);
    }

    /** @param {SessionInfo} session one that has just begun */
    appeared(session) {
        this.sessions = [...(this.sessions ?? []).filter(each => each.id !== session.id), session];
    }

    get transcripts() {
        return this.listening.transcripts;
    }

    /** @returns {Transcript | null} */
    get transcript() {
        return this.selected === null ? null : this.transcripts.get(this.selected) ?? null;
    }

    /** @param {string | null} id null = none, to begin a new one */
    select(id) {
        this.selected = id;
        this.drawer = false;
        this.renaming = false;
        if (id !== null && !this.transcripts.has(id)) {
            const transcript = new Transcript(id, promptsOf(id));
            transcript.info = (this.sessions ?? []).find(session => session.id === id) ?? null;
            transcript.replayTo = Math.max(1, transcript.info?.last_seq ?? 1);
            this.transcripts.set(id, transcript);
            this.listening.join(transcript);
            if (transcript.info?.forked_from) {
                this.inherit(transcript);
            }
        }
        this.changed();
    }

    /** Shows what a fork began with, which is not among its events. @param {Transcript} transcript */
    async inherit(transcript) {
        /** @type {import('./agentws.js').SaidMessage[]} */
        const messages = [];
        /** @type {string | null} */
        let cursor = null;
        do {
            /** @type {import('./agentws.js').MessagesLoaded | undefined} */
            const page = await this.client?.messages(transcript.id, {order: 'oldest_first', limit: 500, cursor});
            messages.push(...page?.messages.filter(message => message.seq === null) ?? []);
            cursor = page?.next_cursor ?? null;
        } while (cursor !== null);
        transcript.inherit(messages);
        this.changed();
    }

    /** Goes on in a new session from where this one is. @param {string} id */
    async fork(id) {
        try {
            const session = await /** @type {AgentClient} */ (this.client).fork(id);
            this.created(session, null);
            await this.inherit(/** @type {Transcript} */ (this.transcripts.get(session.id)));
        } catch (failure) {
            this.toast(/** @type {Error} */ (failure).message);
        }
    }

    /**
     * @param {string} id
     * @param {string} title empty = the beginning of the first prompt
     */
    rename(id, title) {
        this.renaming = false;
        this.listening.joined.get(id)?.rename(title.trim() === '' ? null : title.trim());
        this.changed();
    }

    /** @param {Draft | null} first what to say at once */
    async create(first = null) {
        rememberWishes(this.wishes);
        this.creationError = '';
        this.creating = true;
        this.changed();
        try {
            const session = await /** @type {AgentClient} */ (this.client).create(this.options());
            this.created(session, first);
        } catch (failure) {
            const lost = failure instanceof AgentError && ['unreachable', 'closed'].includes(failure.code);
            this.creationError = lost ? 'There is no connection to the server. Please try again.' : /** @type {Error} */ (failure).message;
        }
        this.creating = false;
        this.changed();
    }

    /** What the wishes mean to the server. @returns {import('./agentws.js').SessionOptions} */
    options() {
        const {workingDirectory, model, mode, tools} = this.wishes;
        return {
            ...(workingDirectory.trim() === '' ? {} : {working_directory: workingDirectory.trim()}),
            ...(model.trim() === '' ? {} : {model: model.trim()}),
            ...(mode === 'default' ? {} : {permission_mode: mode}),
            tools: tools ?? USUAL_TOOLS,
            // So that other tabs, and a page that was opened anew, see what was asked too.
            include_prompts: true,
        };
    }

    /**
     * @param {import('./agentws.js').AgentSession} session
     * @param {Draft | null} first
     */
    created(session, first) {
        const transcript = new Transcript(session.id);
        this.transcripts.set(session.id, transcript);
        this.selected = session.id;
        this.dialog = false;
        this.listening.begin(transcript, session);
        if (first !== null) {
            this.drafts.delete('');
            this.prompt(session.id, first);
        }
    }

    /** @param {Partial<Wishes>} wishes */
    wish(wishes) {
        this.wishes = {...this.wishes, ...wishes};
        this.changed();
    }

    /** @param {string} id */
    end(id) {
        this.client?.send({type: 'end_session', session_id: id});
        forgetPrompts(id);
        this.sessions = (this.sessions ?? []).filter(session => session.id !== id);
        if (this.selected === id) {
            this.selected = null;
        }
        this.listening.forget(id);
        this.changed();
    }

    /**
     * @param {string} id
     * @param {string} mode
     */
    setMode(id, mode) {
        this.listening.joined.get(id)?.setMode(mode);
    }

    /**
     * @param {string} id
     * @param {string} model
     */
    setModel(id, model) {
        this.listening.joined.get(id)?.setModel(model.trim() === '' ? null : model.trim());
    }

    // ---- talking

    /**
     * @param {string} id of the session; empty = the one to be made
     * @returns {Draft}
     */
    draft(id) {
        return this.drafts.get(id) ?? {text: '', pictures: []};
    }

    /**
     * @param {string} id
     * @param {Draft} draft
     */
    keepDraft(id, draft) {
        this.drafts.set(id, draft);
        this.changed();
    }

    /**
     * @param {string} id
     * @param {Draft} draft
     */
    prompt(id, draft) {
        const transcript = this.transcripts.get(id);
        const session = this.listening.joined.get(id);
        if (transcript === undefined || session === undefined) {
            return;
        }
        /** @type {Prompt} */
        const prompt = {
            id: session.submit(contentOf(draft)), text: draft.text, images: draft.pictures.map(picture => picture.url),
            join: transcript.joins,
        };
        transcript.sent(prompt);
        rememberPrompt(id, prompt);
        this.drafts.delete(id);
        this.changed();
    }

    /**
     * @param {string} id
     * @param {Prompt} prompt
     */
    promptAgain(id, prompt) {
        this.transcripts.get(id)?.forget(prompt.id);
        this.keepDraft(id, {text: prompt.text, pictures: []});
    }

    /** @param {string} id */
    interrupt(id) {
        this.listening.joined.get(id)?.interrupt();
    }

    /**
     * @param {PermissionRequest} question
     * @param {Record<string, any>} more
     */
    allow(question, more = {}) {
        this.answering(question)?.allow(question.request_id, more);
    }

    /**
     * @param {PermissionRequest} question
     * @param {string} reason
     * @param {{interrupt?: boolean}} more
     */
    deny(question, reason, more = {}) {
        this.answering(question)?.deny(question.request_id, reason, more);
    }

    /** @param {PermissionRequest} question */
    answering(question) {
        const session = this.listening.joined.get(question.session_id);
        if (session === undefined || this.state !== 'ready') {
            this.toast('There is no connection to the server just now; the answer is sent when it is back.');
        }
        return session;
    }
}
