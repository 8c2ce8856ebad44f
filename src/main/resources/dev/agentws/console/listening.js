/**
 * The sessions that are listened to: brings their frames into their transcripts, and says which have gone. Knows of the page only that it is
 * to be drawn, and where it says what belongs to no place.
 *
 * @typedef {import('./agentws.js').AgentSession} AgentSession
 * @typedef {import('./agentws.js').ErrorFrame} ErrorFrame
 * @typedef {import('./agentws.js').SessionInfo} SessionInfo
 * @typedef {import('./transcript.js').Transcript} Transcript
 * @typedef {object} Page
 * @property {import('./agentws.js').AgentClient | null} client
 * @property {import('./agentws.js').ConnectionState} state
 * @property {() => void} changed asks for a drawing
 * @property {(text: string) => void} toast
 * @property {() => void} list asks for the list of all sessions
 * @property {(session: SessionInfo) => void} appeared
 */
import {AgentError} from './agentws.js';

export class Listening {
    /** @param {Page} page */
    constructor(page) {
        this.page = page;
        /** By session. @type {Map<string, AgentSession>} */
        this.joined = new Map();
        /** By session, of those that are no longer there too. @type {Map<string, Transcript>} */
        this.transcripts = new Map();
    }

    /** Listens to all that it does not listen to already; the connection is new. */
    resume() {
        for (const transcript of this.transcripts.values()) {
            if (!transcript.ended && !this.joined.has(transcript.id)) {
                this.join(transcript);
            }
        }
    }

    /** @param {string} id */
    forget(id) {
        this.transcripts.delete(id);
        this.joined.delete(id);
    }

    /** Listens to a session from where its transcript ends. @param {Transcript} transcript */
    async join(transcript) {
        try {
            const session = await this.page.client?.resume(transcript.id, transcript.lastSeq);
            if (session !== undefined) {
                await this.follow(transcript, session);
            }
        } catch (failure) {
            this.left(transcript, failure);
        }
    }

    /**
     * Listens to a session that was just made.
     *
     * @param {Transcript} transcript
     * @param {AgentSession} session
     */
    begin(transcript, session) {
        this.follow(transcript, session).catch(failure => this.left(transcript, failure));
    }

    /**
     * @param {Transcript} transcript
     * @param {AgentSession} session
     */
    async follow(transcript, session) {
        this.joined.set(transcript.id, session);
        transcript.joins++;
        for await (const frame of session.frames()) {
            if (this.joined.get(transcript.id) !== session) {
                return;
            }
            if (!this.take(transcript, frame)) {
                this.joined.delete(transcript.id);
                this.join(transcript);
                return;
            }
        }
    }

    /**
     * @param {Transcript} transcript
     * @param {unknown} failure
     */
    left(transcript, failure) {
        this.joined.delete(transcript.id);
        if (!(failure instanceof AgentError)) {
            throw failure;
        }
        if (failure.code === 'session_not_found') {
            this.gone(transcript);
        } else if (this.page.state === 'ready') {
            this.page.toast(failure.message);
        }
        this.page.changed();
    }

    /**
     * @param {Transcript} transcript
     * @param {import('./agentws.js').SessionFrame} frame
     * @returns {boolean} false if frames before this one are missing
     */
    take(transcript, frame) {
        this.page.changed();
        if (frame.type === 'subscribed') {
            transcript.subscribed(frame);
            return true;
        }
        if (frame.type === 'error' && frame.seq === undefined) {
            this.refused(transcript, frame);
            return true;
        }
        if (frame.type === 'session_created') {
            this.page.appeared(frame.session);
        }
        if (frame.type === 'session_ended' || frame.type === 'session_created' || frame.type === 'session_updated' || frame.type === 'agent_result') {
            this.page.list();
        }
        return transcript.apply(/** @type {import('./transcript.js').SessionEvent} */ (frame));
    }

    /** What the server says of all sessions. @param {SessionInfo[]} sessions */
    listed(sessions) {
        for (const session of sessions) {
            const transcript = this.transcripts.get(session.id);
            if (transcript !== undefined) {
                transcript.info = session;
                const quiet = session.status === 'idle' && session.queue_length === 0
                    && session.last_seq === transcript.lastSeq;
                if (quiet && !transcript.busy) {
                    transcript.quiet();
                }
            }
        }
        for (const transcript of this.transcripts.values()) {
            if (!sessions.some(session => session.id === transcript.id)) {
                this.gone(transcript);
            }
        }
    }

    /** @param {Transcript} transcript */
    gone(transcript) {
        if (transcript.ended) {
            return;
        }
        transcript.ended = true;
        transcript.turn = null;
        transcript.shown.closeOpen();
        transcript.shown.notice('The session is no longer there.');
    }

    /**
     * @param {Transcript} transcript
     * @param {ErrorFrame} frame
     */
    refused(transcript, frame) {
        if (frame.request_type === 'send_prompt' && frame.code !== 'session_not_found') {
            transcript.refused(frame.message);
        } else if (frame.code !== 'session_not_found') {
            this.page.toast(frame.message);
        }
    }
}
