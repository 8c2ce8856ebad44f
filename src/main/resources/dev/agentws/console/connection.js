/**
 * The socket, as if it never broke: connects, shows the key, notices a dead peer, and comes back with growing pauses. What was missed is
 * asked for by whoever listens, on `ready`.
 *
 * @typedef {'connecting' | 'ready' | 'waiting' | 'refused' | 'closed'} ConnectionState
 *
 * @typedef {object} Listener
 * @property {(state: ConnectionState, detail: string) => void} onState
 * @property {(frame: any) => void} onFrame
 */

const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 10_000;
const PING_EVERY_MS = 20_000;
const DEAD_AFTER_MS = 10_000;
const AUTH_CODES = new Set(['auth_required', 'invalid_token', 'auth_timeout']);

export class Connection {
    /**
     * @param {string} url
     * @param {Listener} listener
     */
    constructor(url, listener) {
        this.url = url;
        this.listener = listener;
        /** @type {WebSocket | null} */
        this.socket = null;
        /** @type {string | null} */
        this.key = null;
        /** @type {ConnectionState} */
        this.state = 'closed';
        this.failures = 0;
        /** Which connection this is. */
        this.count = 0;
        /** @type {ReturnType<typeof setTimeout> | undefined} */
        this.timer = undefined;
        /** @type {ReturnType<typeof setTimeout> | undefined} */
        this.dead = undefined;
    }

    /** @param {string | null} key null = none is known; a server without authentication lets in all the same */
    open(key) {
        this.key = key;
        this.failures = 0;
        this.connect();
    }

    /** Tries at once in place of at the end of the pause. */
    retry() {
        if (this.state === 'waiting') {
            this.connect();
        }
    }

    /** @returns {boolean} false if there is no connection; nothing is kept for later */
    send(/** @type {object} */ message) {
        if (this.state !== 'ready' || this.socket === null) {
            return false;
        }
        this.socket.send(JSON.stringify(message));
        return true;
    }

    connect() {
        clearTimeout(this.timer);
        this.drop();
        this.become('connecting', '');
        const socket = new WebSocket(this.url);
        this.count++;
        this.socket = socket;
        socket.onopen = () => {
            // Without a key a harmless question tells whether one is needed; an empty key would count as a wrong one.
            socket.send(JSON.stringify(this.key === null ? {type: 'ping'} : {type: 'auth', token: this.key}));
        };
        socket.onmessage = message => this.received(socket, JSON.parse(String(message.data)));
        socket.onclose = close => this.lost(socket, close);
    }

    /**
     * @param {WebSocket} socket
     * @param {any} frame
     */
    received(socket, frame) {
        if (socket !== this.socket) {
            return;
        }
        clearTimeout(this.dead);
        if (this.state === 'connecting') {
            if (frame.type === 'error') {
                this.refused(frame);
            } else {
                this.failures = 0;
                this.become('ready', '');
                this.watch();
            }
        } else if (frame.type !== 'pong') {
            this.listener.onFrame(frame);
        }
    }

    /** @param {any} frame */
    refused(frame) {
        if (AUTH_CODES.has(frame.code) || frame.code === 'rate_limited') {
            this.drop();
            const unknown = frame.code === 'auth_required' && this.key === null;
            this.become('refused', unknown ? '' : frame.message);
        }
    }

    /**
     * @param {WebSocket} socket
     * @param {{code: number, reason: string}} close
     */
    lost(socket, close) {
        if (socket !== this.socket) {
            return;
        }
        this.socket = null;
        clearTimeout(this.dead);
        clearTimeout(this.timer);
        if (close.code === 1008 && close.reason === 'Authentication required') {
            this.become('refused', this.key === null ? '' : close.reason);
            return;
        }
        const pause = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** this.failures++);
        this.timer = setTimeout(() => this.connect(), pause * (0.75 + Math.random() / 2));
        this.become('waiting', close.reason);
    }

    /** A browser does not show protocol pings, so a dead peer is found by asking. */
    watch() {
        clearTimeout(this.timer);
        this.timer = setTimeout(() => {
            if (this.send({type: 'ping'})) {
                clearTimeout(this.dead);
                const socket = /** @type {WebSocket} */ (this.socket);
                this.dead = setTimeout(() => this.silent(socket), DEAD_AFTER_MS);
                this.watch();
            }
        }, PING_EVERY_MS);
    }

    /** The socket's own close may take long to come when nobody is there any more. */
    silent(/** @type {WebSocket} */ socket) {
        if (socket === this.socket) {
            socket.close();
            this.lost(socket, {code: 1006, reason: 'no answer'});
        }
    }

    drop() {
        const socket = this.socket;
        this.socket = null;
        clearTimeout(this.dead);
        socket?.close();
    }

    /**
     * @param {ConnectionState} state
     * @param {string} detail
     */
    become(state, detail) {
        this.state = state;
        this.listener.onState(state, detail);
    }
}
