/**
 * All that the page knows, and what it does with frames and with what the person wants. Views read the fields and call the methods; each
 * change asks for one drawing per animation frame, however many frames come.
 *
 * @typedef {import('./protocol.js').SessionInfo} SessionInfo
 * @typedef {import('./protocol.js').PermissionRequest} PermissionRequest
 * @typedef {import('./transcript.js').Prompt} Prompt
 * @typedef {import('./memory.js').Wishes} Wishes
 * @typedef {{media: string, data: string, url: string}} Picture
 * @typedef {{text: string, pictures: Picture[]}} Draft
 */
import {Connection} from './connection.js';
import {keepKey} from './key.js';
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
        this.connection = new Connection(url, this);
        /** @type {import('./connection.js').ConnectionState} */
        this.state = 'connecting';
        this.everReady = false;
        /** Why the key was refused, or empty. */
        this.refusal = '';
        /** @type {SessionInfo[] | null} */
        this.sessions = null;
        /** @type {Map<string, Transcript>} */
        this.transcripts = new Map();
        /** @type {string | null} */
        this.selected = null;
        this.filter = '';
        /** @type {Map<string, Draft>} */
        this.drafts = new Map();
        this.wishes = lastWishes();
        /** What to send first in the session that is being made. @type {Draft | null} */
        this.firstPrompt = null;
        this.creating = false;
        this.creationError = '';
        this.dialog = false;
        this.drawer = false;
        /** @type {{id: number, text: string}[]} */
        this.toasts = [];
        this.made = 0;
    }

    /** @param {string | null} key */
    start(key) {
        this.connection.open(key);
        setInterval(() => document.visibilityState === 'visible' && this.list(), LIST_EVERY_MS);
        addEventListener('online', () => this.connection.retry());
        document.addEventListener('visibilitychange', () => {
            if (document.visibilityState === 'visible') {
                this.connection.retry();
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

    /**
     * @param {import('./connection.js').ConnectionState} state
     * @param {string} detail
     */
    onState(state, detail) {
        this.state = state;
        if (state === 'ready') {
            this.everReady = true;
            this.refusal = '';
            for (const transcript of this.transcripts.values()) {
                if (!transcript.ended) {
                    this.subscribe(transcript);
                }
            }
            this.list();
        } else if (state === 'refused') {
            this.refusal = detail;
            keepKey(null);
        }
        if (state !== 'ready' && this.creating) {
            this.creating = false;
            this.creationError = 'The connection was lost. Please try again.';
        }
        this.changed();
    }

    /** @param {string} key */
    login(key) {
        keepKey(key);
        this.connection.open(key);
    }

    /** @param {any} frame */
    onFrame(frame) {
        if (typeof frame.seq === 'number') {
            this.event(frame);
        } else if (frame.type === 'sessions_list') {
            this.listed(frame.sessions);
        } else if (frame.type === 'subscribed') {
            this.transcripts.get(frame.session_id)?.subscribed(frame);
        } else if (frame.type === 'error') {
            this.refused(frame);
        }
        this.changed();
    }

    /** @param {any} frame */
    event(frame) {
        let transcript = this.transcripts.get(frame.session_id);
        if (frame.type === 'session_created' && transcript === undefined) {
            transcript = this.created(frame.session);
        }
        if (transcript !== undefined && !transcript.apply(frame)) {
            this.subscribe(transcript);
        }
        if (frame.type === 'session_ended' || frame.type === 'session_created' || frame.type === 'agent_result') {
            this.list();
        }
    }

    /** @param {SessionInfo} session */
    created(session) {
        const transcript = new Transcript(session.id);
        this.transcripts.set(session.id, transcript);
        this.sessions = [...(this.sessions ?? []).filter(each => each.id !== session.id), session];
        this.selected = session.id;
        this.creating = false;
        this.dialog = false;
        this.creationError = '';
        const first = this.firstPrompt;
        this.firstPrompt = null;
        if (first !== null) {
            this.drafts.delete('');
            this.prompt(session.id, first);
        }
        return transcript;
    }

    /** @param {SessionInfo[]} sessions */
    listed(sessions) {
        this.sessions = sessions;
        for (const session of sessions) {
            const transcript = this.transcripts.get(session.id);
            if (transcript !== undefined) {
                transcript.info = session;
                const quiet = session.status === 'idle' && session.queue_length === 0
                    && session.last_seq === transcript.lastSeq;
                if (quiet && !transcript.busy) {
                    transcript.quiet(this.connection.count);
                }
            }
        }
        for (const transcript of this.transcripts.values()) {
            if (!transcript.ended && !sessions.some(session => session.id === transcript.id)) {
                this.gone(transcript);
            }
        }
    }

    /** @param {Transcript} transcript */
    gone(transcript) {
        transcript.ended = true;
        transcript.turn = null;
        transcript.closeOpen();
        transcript.notice('The session is no longer there.');
    }

    /** @param {import('./protocol.js').Refusal} frame */
    refused(frame) {
        const transcript = frame.session_id === null ? undefined : this.transcripts.get(frame.session_id);
        if (frame.request_type === 'create_session') {
            this.creating = false;
            this.creationError = frame.message;
            if (this.firstPrompt !== null) {
                this.drafts.set('', this.firstPrompt);
                this.firstPrompt = null;
            }
        } else if (transcript !== undefined && frame.code === 'session_not_found' && !transcript.ended) {
            this.gone(transcript);
        } else if (transcript !== undefined && frame.request_type === 'send_prompt') {
            transcript.refused(frame.message);
        } else if (frame.code !== 'permission_not_found') {
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
        this.connection.send({type: 'list_sessions'});
    }

    /** @param {Transcript} transcript */
    subscribe(transcript) {
        this.connection.send({type: 'subscribe', session_id: transcript.id, after_seq: transcript.lastSeq});
    }

    /** @returns {Transcript | null} */
    get transcript() {
        return this.selected === null ? null : this.transcripts.get(this.selected) ?? null;
    }

    /** @param {string | null} id null = none, to begin a new one */
    select(id) {
        this.selected = id;
        this.drawer = false;
        if (id !== null && !this.transcripts.has(id)) {
            const transcript = new Transcript(id, promptsOf(id));
            transcript.info = (this.sessions ?? []).find(session => session.id === id) ?? null;
            transcript.replayTo = Math.max(1, transcript.info?.last_seq ?? 1);
            this.transcripts.set(id, transcript);
            this.subscribe(transcript);
        }
        this.changed();
    }

    /** @param {Draft | null} first what to say at once */
    create(first = null) {
        /** @type {Record<string, any>} */
        const options = {};
        const {workingDirectory, model, mode, tools} = this.wishes;
        if (workingDirectory.trim() !== '') {
            options.working_directory = workingDirectory.trim();
        }
        if (model.trim() !== '') {
            options.model = model.trim();
        }
        if (mode !== 'default') {
            options.permission_mode = mode;
        }
        options.tools = tools ?? USUAL_TOOLS;
        rememberWishes(this.wishes);
        this.creationError = '';
        this.firstPrompt = first;
        this.creating = this.connection.send({type: 'create_session', session_id: crypto.randomUUID?.() ?? null, options});
        if (!this.creating) {
            this.creationError = 'There is no connection to the server.';
        }
        this.changed();
    }

    /** @param {Partial<Wishes>} wishes */
    wish(wishes) {
        this.wishes = {...this.wishes, ...wishes};
        this.changed();
    }

    /** @param {string} id */
    end(id) {
        this.connection.send({type: 'end_session', session_id: id});
        forgetPrompts(id);
        this.sessions = (this.sessions ?? []).filter(session => session.id !== id);
        if (this.selected === id) {
            this.selected = null;
        }
        this.transcripts.delete(id);
        this.changed();
    }

    /**
     * @param {string} id
     * @param {string} mode
     */
    setMode(id, mode) {
        this.connection.send({type: 'set_permission_mode', session_id: id, mode});
    }

    /**
     * @param {string} id
     * @param {string} model
     */
    setModel(id, model) {
        this.connection.send({type: 'set_model', session_id: id, model: model.trim() === '' ? null : model.trim()});
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
        const promptId = `console-${Date.now().toString(36)}-${this.made++}`;
        /** @type {Record<string, any>} */
        const message = {type: 'send_prompt', session_id: id, prompt_id: promptId};
        if (draft.pictures.length === 0) {
            message.prompt = draft.text;
        } else {
            message.content = draft.pictures.map(picture => (
                {type: 'image', source: {type: 'base64', media_type: picture.media, data: picture.data}}));
            if (draft.text.trim() !== '') {
                message.content.push({type: 'text', text: draft.text});
            }
        }
        if (transcript === undefined || !this.connection.send(message)) {
            return;
        }
        /** @type {Prompt} */
        const prompt = {
            id: promptId, text: draft.text, images: draft.pictures.map(picture => picture.url), connection: this.connection.count,
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
        this.connection.send({type: 'interrupt_session', session_id: id});
    }

    /**
     * @param {PermissionRequest} question
     * @param {boolean} approved
     * @param {Record<string, any>} more
     */
    answer(question, approved, more = {}) {
        const sent = this.connection.send({
            type: 'permission_response', session_id: question.session_id, request_id: question.request_id, approved, ...more,
        });
        if (!sent) {
            this.toast('There is no connection to the server; the answer was not sent.');
        }
    }
}
