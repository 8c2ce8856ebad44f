/** One session: its head, what was said and done, open questions, and where to write. */
import {Component, createRef, h} from '../lib/preact.module.js';
import {money, short} from '../format.js';
import {MODELS, MODES} from '../choices.js';
import {Composer} from './composer.js';
import {icon} from './icon.js';
import {ItemView, Said} from './items.js';
import {Question} from './question.js';
import {title} from './sidebar.js';

/** @typedef {import('../store.js').Store} Store */
/** @typedef {import('../transcript.js').Transcript} Transcript */

/** As near to the end as counts as being there, in pixels. */
const NEAR = 60;

/** @extends {Component<{store: Store, transcript: Transcript}, {away: boolean, told: string}>} */
export class Chat extends Component {
    state = {away: false, told: ''};
    scroller = createRef();
    content = createRef();

    componentDidMount() {
        this.observer = new ResizeObserver(() => this.follow());
        this.observer.observe(this.content.current);
        this.observer.observe(this.scroller.current);
    }

    componentWillUnmount() {
        this.observer?.disconnect();
    }

    componentDidUpdate() {
        const told = spoken(this.props.transcript);
        if (told !== this.state.told) {
            this.setState({told});
        }
    }

    /** Stays at the end, unless the reader has gone up. */
    follow() {
        if (!this.state.away) {
            this.scroller.current.scrollTop = this.scroller.current.scrollHeight;
        }
    }

    scrolled() {
        const box = this.scroller.current;
        const away = box.scrollHeight - box.scrollTop - box.clientHeight > NEAR;
        if (away !== this.state.away) {
            this.setState({away});
        }
    }

    toEnd() {
        this.setState({away: false}, () => this.follow());
    }

    render() {
        const {store, transcript} = this.props;
        const questions = [...transcript.questions.values()];
        return h('div', {class: 'chat'},
            h(Head, {store, transcript}),
            h('div', {class: 'scroller', ref: this.scroller, onScroll: () => this.scrolled(), tabIndex: 0, role: 'log', 'aria-live': 'off',
                'aria-label': 'Conversation', 'aria-busy': transcript.busy},
            h('div', {class: 'items', ref: this.content},
                this.beginning(),
                transcript.items.map(item => h(ItemView, {item, key: item.key})),
                this.working(),
                transcript.waiting.map(prompt => this.waiting(prompt)))),
            this.state.away && h('button', {class: 'to-end', type: 'button', onClick: () => this.toEnd()}, icon('down'), 'To the end'),
            h('div', {class: 'dock'},
                h('div', {class: 'questions', 'aria-live': 'assertive'},
                    questions.length > 1 && h('p', {class: 'hint'}, `${questions.length} questions`),
                    questions.map(question => h(Question, {store, question, key: question.request_id}))),
                h(Composer, {
                    store, id: transcript.id, busy: transcript.busy, disabled: transcript.ended,
                    placeholder: transcript.ended ? 'The session has ended.' : transcript.busy ? 'Say what comes next …' : 'Reply …',
                }),
                h(Foot, {store, transcript})),
            h('div', {class: 'hidden', 'aria-live': 'polite'}, this.state.told));
    }

    beginning() {
        const {transcript} = this.props;
        if (transcript.items.length > 0 || transcript.waiting.length > 0) {
            return null;
        }
        return transcript.replaying
            ? h('p', {class: 'notice', role: 'status'}, 'Loading the conversation …')
            : h('p', {class: 'notice'}, 'Nothing has been said yet.');
    }

    working() {
        const {transcript} = this.props;
        const last = transcript.items.at(-1);
        const quiet = transcript.busy && transcript.questions.size === 0 && last?.kind !== 'text'
            && !(last?.kind === 'tool' && last.result === null) && !(last?.kind === 'thinking' && last.open);
        return quiet && h('p', {class: 'working'}, h('span', {class: 'pulse'}), transcript.thinking ? 'Thinking …' : 'Working …');
    }

    /** @param {import('../items.js').Prompt} prompt */
    waiting(prompt) {
        const {store, transcript} = this.props;
        const failed = prompt.state !== 'sent';
        return h('div', {class: failed ? 'waiting failed' : 'waiting', key: prompt.id},
            h(Said, {prompt},
                h('p', {class: 'hint'}, failed ? prompt.note : transcript.busy ? 'In the queue' : 'Sending …',
                    failed && h('button', {type: 'button', onClick: () => store.promptAgain(transcript.id, prompt)}, 'Edit and send again'),
                    failed && h('button', {type: 'button', onClick: () => {
                        transcript.forget(prompt.id);
                        store.changed();
                    }}, 'Dismiss'))));
    }
}

/** What a screen reader is told: the last thing that is complete. @param {Transcript} transcript */
function spoken(transcript) {
    const last = transcript.items.findLast(item => (item.kind === 'text' && !item.open) || (item.kind === 'tool' && item.result !== null));
    return last === undefined ? '' : last.kind === 'text' ? last.text.slice(0, 1000) : last.kind === 'tool'
        ? `${last.name} ${last.isError ? 'failed' : 'done'}` : '';
}

/** @param {{store: Store, transcript: Transcript}} props */
function Head({store, transcript}) {
    const info = transcript.info;
    const path = info?.working_directory ?? info?.options?.working_directory;
    return h('header', {class: 'head'},
        h('button', {class: 'quiet menu', type: 'button', 'aria-label': 'Sessions', onClick: () => {
            store.drawer = true;
            store.changed();
        }}, icon('menu')),
        h('div', {class: 'titles'},
            store.renaming && info !== null
                ? h('input', {
                    class: 'rename', 'aria-label': 'Title of the session', maxLength: 200, defaultValue: title(info), autofocus: true,
                    onKeyDown: (/** @type {any} */ event) => {
                        if (event.key === 'Enter') {
                            store.rename(transcript.id, event.target.value);
                        } else if (event.key === 'Escape') {
                            store.renaming = false;
                            store.changed();
                        }
                    },
                })
                : h('h1', {title: info === null ? '' : title(info)}, info === null ? 'Session' : title(info)),
            h('p', {class: 'hint'}, [path ?? 'the server’s directory', info?.sandbox === 'bubblewrap' ? 'sandboxed' : 'no sandbox'].join(' · '))),
        h('button', {
            class: 'quiet', type: 'button', 'aria-label': 'Rename', title: 'Rename', disabled: transcript.ended, onClick: () => {
                store.renaming = !store.renaming;
                store.changed();
            },
        }, icon('pencil')),
        h('button', {
            class: 'quiet', type: 'button', 'aria-label': 'Fork', title: 'Go on from here in a new session',
            disabled: transcript.ended || (info?.message_count ?? 0) === 0 && transcript.items.length === 0,
            onClick: () => store.fork(transcript.id),
        }, icon('fork')),
        h('span', {class: `state ${transcript.ended ? 'ended' : transcript.busy ? 'busy' : 'idle'}`},
            transcript.ended ? 'ended' : transcript.questions.size > 0 ? 'asks you' : transcript.busy ? 'working' : 'ready'));
}

/** @param {{store: Store, transcript: Transcript}} props */
function Foot({store, transcript}) {
    const {info, lastResult: last} = transcript;
    const mode = info?.permission_mode ?? 'default';
    const used = last?.context_tokens ?? 0;
    const window = last?.context_window ?? 0;
    return h('div', {class: 'foot'},
        h('label', null, h('span', {class: 'hidden'}, 'Permission mode'),
            h('select', {
                value: mode, disabled: transcript.ended, title: MODES.find(([id]) => id === mode)?.[2],
                onChange: (/** @type {any} */ event) => store.setMode(transcript.id, event.target.value),
            }, MODES.map(([id, name]) => h('option', {value: id, key: id}, name)))),
        h('label', {class: 'model'}, h('span', {class: 'hidden'}, 'Model'),
            h('input', {
                key: info?.model_name ?? '', defaultValue: info?.model_name ?? '', list: 'models-here', spellcheck: false, autocomplete: 'off',
                disabled: transcript.ended,
                onChange: (/** @type {any} */ event) => event.target.value !== info?.model_name
                    && store.setModel(transcript.id, event.target.value),
            })),
        h('datalist', {id: 'models-here'}, MODELS.map(model => h('option', {value: model, key: model}))),
        h('span', {class: 'numbers'},
            window > 0 && h('span', {class: 'context', title: `${used.toLocaleString('en')} of ${window.toLocaleString('en')} tokens`},
                h('meter', {min: 0, max: window, value: used, high: window * 0.8, 'aria-label': 'Context used'}),
                ` ${short(used)} of ${short(window)}`),
            h('span', {title: 'Cost of the session'}, money(info?.cost_usd))));
}
