/** The sessions of the server: find one, open one, end one, begin one. */
import {Component, h} from '../lib/preact.module.js';
import {ago, moment, money} from '../format.js';
import {chooseTheme, promptsOf, theme} from '../memory.js';
import {icon} from './icon.js';

/** @typedef {import('../store.js').Store} Store */
/** @typedef {import('../agentws.js').SessionInfo} SessionInfo */

/** @type {('auto' | 'light' | 'dark')[]} */
const THEMES = ['auto', 'light', 'dark'];

/** @param {'auto' | 'light' | 'dark'} chosen */
function after(chosen) {
    return THEMES[(THEMES.indexOf(chosen) + 1) % THEMES.length] ?? 'auto';
}

/** @param {SessionInfo} session */
export function title(session) {
    return said(session) || `${folder(session) || 'Session'} ${shortId(session)}`;
}

/** What has been said of it or in it; empty if nothing has. @param {SessionInfo} session */
function said(session) {
    return session.title || promptsOf(session.id)[0]?.text.trim().split('\n')[0] || session.first_prompt || '';
}

/** The end, because ids that people choose differ there. @param {SessionInfo} session */
function shortId(session) {
    return session.id.length <= 12 ? session.id : session.id.slice(-6);
}

/** @param {SessionInfo} session */
export function folder(session) {
    const path = session.working_directory ?? session.options?.working_directory;
    return typeof path === 'string' ? path.replace(/\/+$/, '').split('/').pop() ?? '' : '';
}

/** @extends {Component<{store: Store}, {ending: string | null}>} */
export class Sidebar extends Component {
    state = {ending: /** @type {string | null} */ (null)};

    render() {
        const {store} = this.props;
        const wanted = store.filter.trim().toLowerCase();
        const all = [...(store.sessions ?? [])].sort((a, b) => b.updated_at.localeCompare(a.updated_at));
        const found = all.filter(session => wanted === ''
            || [title(session), session.id, session.first_prompt ?? '', session.working_directory ?? '', session.model_name]
                .some(text => String(text).toLowerCase().includes(wanted)));
        return h('nav', {class: 'sidebar', 'aria-label': 'Sessions'},
            h('header', null,
                h('button', {class: 'brand', type: 'button', title: 'To the start', onClick: () => store.select(null)},
                    h('span', {class: 'mark', 'aria-hidden': 'true'}, icon('terminal')), 'agentws'),
                this.themeButton()),
            h('div', {class: 'new'},
                h('button', {class: 'primary', type: 'button', disabled: store.creating, onClick: () => store.create()},
                    icon('plus'), 'New session'),
                h('button', {type: 'button', 'aria-label': 'New session with options', title: 'With options', onClick: () => {
                    store.dialog = true;
                    store.changed();
                }}, icon('sliders'))),
            store.creationError !== '' && store.selected !== null && !store.dialog
                && h('p', {class: 'problem', role: 'alert'}, store.creationError),
            h('div', {class: 'search'}, icon('search'),
                h('input', {
                    id: 'search', type: 'search', placeholder: 'Search', 'aria-label': 'Search sessions', value: store.filter,
                    onInput: (/** @type {any} */ event) => {
                        store.filter = event.target.value;
                        store.changed();
                    },
                })),
            store.sessions === null
                ? h('p', {class: 'empty', role: 'status'}, 'Loading …')
                : found.length === 0
                ? h('p', {class: 'empty'}, all.length === 0 ? 'No sessions yet.' : 'None of them matches.')
                : h('ul', {class: 'sessions'}, found.map(session => this.row(session))));
    }

    themeButton() {
        const chosen = theme();
        return h('button', {
            class: 'quiet', type: 'button', title: `Colours: ${chosen}`, 'aria-label': `Colours: ${chosen}. Change to ${after(chosen)}`,
            onClick: () => {
                chooseTheme(after(theme()));
                this.props.store.changed();
            },
        }, icon({auto: 'auto', light: 'sun', dark: 'moon'}[chosen]));
    }

    /** @param {SessionInfo} session */
    row(session) {
        const {store} = this.props;
        const transcript = store.transcripts.get(session.id);
        const asks = transcript ? transcript.questions.size > 0 : session.pending_permissions.length > 0;
        const busy = transcript ? transcript.busy : session.status === 'processing';
        const state = asks ? 'asks' : busy ? 'busy' : 'idle';
        const name = said(session);
        const doing = asks ? 'asks you' : busy ? 'working' : ago(session.updated_at);
        // Where nothing has been said yet, what tells them apart stands first, because the end of a long line is cut.
        const meta = name === ''
            ? [shortId(session), asks || busy ? doing : moment(session.created_at), session.model_name]
            : [doing, money(session.cost_usd), folder(session)];
        return h('li', {key: session.id, class: session.id === store.selected ? 'session current' : 'session'},
            h('button', {
                class: 'open', type: 'button', 'aria-current': session.id === store.selected ? 'true' : undefined,
                onClick: () => store.select(session.id),
            },
            h('span', {class: `dot ${state}`, 'aria-hidden': 'true'}),
            h('span', {class: 'name'}, name || folder(session) || 'Session'),
            h('span', {class: 'meta'}, meta.filter(text => text !== '' && text !== name).join(' · '))),
            this.state.ending === session.id
                ? h('span', {class: 'sure'},
                    h('button', {class: 'danger', type: 'button', onClick: () => store.end(session.id)}, 'End it'),
                    h('button', {type: 'button', onClick: () => this.setState({ending: null})}, 'Keep'))
                : h('button', {
                    class: 'quiet end', type: 'button', 'aria-label': `End ${title(session)}`, title: 'End',
                    onClick: () => this.setState({ending: session.id}),
                }, icon('close')));
    }
}
