/** Asks for the key. */
import {Component, h} from '../lib/preact.module.js';
import {icon} from './icon.js';

/** @extends {Component<{store: import('../store.js').Store}, {key: string}>} */
export class Login extends Component {
    state = {key: ''};

    render() {
        const {store} = this.props;
        const submit = (/** @type {Event} */ event) => {
            event.preventDefault();
            if (this.state.key.trim() !== '') {
                store.login(this.state.key.trim());
            }
        };
        return h('main', {class: 'login'},
            h('form', {class: 'panel', onSubmit: submit},
                h('span', {class: 'badge'}, icon('key')),
                h('h1', null, 'Sign in'),
                h('p', null, 'The server wants its key. It stands in the file that the server names when it starts, usually ',
                    h('code', null, '~/.claude/analytics/.secret'), '.'),
                h('label', {for: 'key'}, 'Key'),
                h('input', {
                    id: 'key', type: 'password', autocomplete: 'off', spellcheck: false, autofocus: true, value: this.state.key,
                    'aria-invalid': store.refusal !== '', 'aria-describedby': 'refusal',
                    onInput: (/** @type {any} */ event) => this.setState({key: event.target.value}),
                }),
                h('p', {id: 'refusal', class: 'problem', role: 'alert'}, store.refusal),
                h('button', {class: 'primary', type: 'submit', disabled: this.state.key.trim() === ''}, 'Connect'),
                h('p', {class: 'hint'}, 'Kept in this tab only, never in the address.')));
    }
}
