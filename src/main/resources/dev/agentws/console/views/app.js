/** The page: who may come in, the list of sessions, and the one that is open. */
import {Component, h} from '../lib/preact.module.js';
import {Chat} from './chat.js';
import {icon} from './icon.js';
import {Login} from './login.js';
import {Setup, Start} from './setup.js';
import {Sidebar} from './sidebar.js';

/** @typedef {import('../store.js').Store} Store */

/** @extends {Component<{store: Store}>} */
export class App extends Component {
    componentDidMount() {
        document.addEventListener('keydown', event => this.pressed(event));
    }

    /** The tab tells what goes on, for those who look at another one meanwhile. */
    componentDidUpdate() {
        const {store} = this.props;
        const transcript = store.transcript;
        const asks = [...store.transcripts.values()].some(each => each.questions.size > 0);
        document.title = asks ? '? asks you · agentws' : transcript?.busy ? '… working · agentws' : 'agentws';
    }

    /** @param {KeyboardEvent} event */
    pressed(event) {
        const {store} = this.props;
        if (event.key === 'k' && (event.ctrlKey || event.metaKey)) {
            event.preventDefault();
            const search = () => document.getElementById('search')?.focus();
            if (matchMedia('(max-width: 760px)').matches) {
                store.drawer = true;
                store.changed();
                requestAnimationFrame(search);
            } else {
                search();
            }
        } else if (event.key === 'Escape' && !event.defaultPrevented) {
            if (store.dialog || store.drawer) {
                store.dialog = false;
                store.drawer = false;
                store.changed();
            } else if (store.selected !== null && store.transcript?.busy) {
                store.interrupt(store.selected);
            }
        }
    }

    render() {
        const {store} = this.props;
        if (store.state === 'refused') {
            return h(Login, {store});
        }
        if (!store.everReady) {
            return h('main', {class: 'starting', role: 'status'}, store.state === 'waiting'
                ? 'The server does not answer. Trying again …'
                : 'Connecting …');
        }
        const transcript = store.transcript;
        return h('div', {class: store.drawer ? 'app drawer-open' : 'app'},
            h('a', {class: 'skip', href: '#prompt'}, 'Skip to the prompt'),
            h(Sidebar, {store}),
            store.drawer && h('div', {class: 'shade', onClick: () => {
                store.drawer = false;
                store.changed();
            }}),
            h('main', {class: 'stage'},
                h(Lost, {store}),
                transcript === null
                    ? h(Start, {store, key: 'start'})
                    : h(Chat, {store, transcript, key: transcript.id})),
            store.dialog && h(SetupDialog, {store}),
            h('div', {class: 'toasts', role: 'status', 'aria-live': 'polite'}, store.toasts.map(toast =>
                h('div', {class: 'toast', key: toast.id}, toast.text,
                    h('button', {class: 'quiet', type: 'button', 'aria-label': 'Dismiss', onClick: () => store.dismiss(toast.id)},
                        icon('close'))))));
    }
}

/** @param {{store: Store}} props */
function Lost({store}) {
    return h('div', {class: 'lost', role: 'status', hidden: store.state === 'ready'},
        store.state !== 'ready' && h('span', null, h('span', {class: 'pulse'}), 'The connection is lost. Coming back …'),
        store.state === 'waiting' && h('button', {type: 'button', onClick: () => store.retry()}, 'Try now'));
}

/** @extends {Component<{store: Store}>} */
class SetupDialog extends Component {
    componentDidMount() {
        /** @type {HTMLDialogElement} */ (this.base).showModal();
    }

    render() {
        const {store} = this.props;
        const close = () => {
            store.dialog = false;
            store.changed();
        };
        return h('dialog', {'aria-labelledby': 'setup-title', onClose: close, onCancel: close},
            h('form', {class: 'setup', onSubmit: (/** @type {Event} */ event) => {
                event.preventDefault();
                store.create();
            }},
            h('h2', {id: 'setup-title'}, 'New session'),
            h(Setup, {store, open: true}),
            h('p', {class: 'problem', role: 'alert'}, store.creationError),
            h('div', {class: 'buttons'},
                h('button', {type: 'button', onClick: close}, 'Cancel'),
                h('button', {type: 'submit', class: 'primary', disabled: store.creating, autofocus: true},
                    store.creating ? 'Creating …' : 'Create'))));
    }
}
