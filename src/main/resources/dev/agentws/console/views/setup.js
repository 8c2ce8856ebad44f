/** What a new session is made with, and the page that is there before one is open. */
import {Component, h} from '../lib/preact.module.js';
import {MODELS, MODES, TOOLS, USUAL_TOOLS} from '../choices.js';
import {Composer} from './composer.js';
import {icon} from './icon.js';

/** @typedef {import('../store.js').Store} Store */

/** For those who first want to see what happens. */
const EXAMPLES = ['List the files here', 'Run `ls -la`', 'Write hello.txt with the text: Hello!'];

/**
 * @param {{store: Store, open: boolean}} props
 */
export function Setup({store, open}) {
    const {wishes} = store;
    const list = open ? 'models-dialog' : 'models-start';
    const tools = wishes.tools ?? USUAL_TOOLS;
    const toggle = (/** @type {string} */ tool) => {
        // What is ticked now, which may be newer than what was last drawn.
        const ticked = store.wishes.tools ?? USUAL_TOOLS;
        store.wish({tools: ticked.includes(tool) ? ticked.filter(each => each !== tool) : [...ticked, tool]});
    };
    return h('details', {class: 'options', open},
        h('summary', null, 'Options', h('span', {class: 'hint'}, summary(wishes))),
        h('div', {class: 'fields'},
            h('label', null, 'Directory',
                h('input', {
                    value: wishes.workingDirectory, placeholder: 'the server’s own', spellcheck: false, autocomplete: 'off',
                    onInput: (/** @type {any} */ event) => store.wish({workingDirectory: event.target.value}),
                })),
            h('label', null, 'Model',
                h('input', {
                    value: wishes.model, placeholder: 'the server’s default', list, spellcheck: false, autocomplete: 'off',
                    onInput: (/** @type {any} */ event) => store.wish({model: event.target.value}),
                })),
            h('datalist', {id: list}, MODELS.map(model => h('option', {value: model, key: model}))),
            h('label', null, 'Permissions',
                h('select', {
                    value: wishes.mode,
                    onChange: (/** @type {any} */ event) => store.wish({mode: event.target.value}),
                }, MODES.map(([mode, name, what]) => h('option', {value: mode, key: mode}, `${name} – ${what}`)))),
            h('fieldset', null,
                h('legend', null, 'Tools'),
                TOOLS.map(tool => h('label', {class: 'tick', key: tool},
                    h('input', {type: 'checkbox', checked: tools.includes(tool), onChange: () => toggle(tool)}), tool)))));
}

/** @param {import('../memory.js').Wishes} wishes */
function summary(wishes) {
    const mode = MODES.find(([id]) => id === wishes.mode)?.[1] ?? wishes.mode;
    return [wishes.workingDirectory || 'the server’s directory', wishes.model || 'default model', mode].join(' · ');
}

/** @extends {Component<{store: Store}>} */
export class Start extends Component {
    render() {
        const {store} = this.props;
        return h('div', {class: 'start'},
            h('button', {class: 'quiet menu', type: 'button', 'aria-label': 'Sessions', onClick: () => {
                store.drawer = true;
                store.changed();
            }}, icon('menu')),
            h('div', {class: 'start-inner'},
                h('h1', null, 'What shall we do?'),
                h('p', {class: 'lead'}, 'A session begins with your first prompt. It asks before it changes anything.'),
                h(Composer, {store, id: '', busy: false, placeholder: 'List the files and tell me what this project is …'}),
                h('div', {class: 'examples', role: 'group', 'aria-label': 'Examples'}, EXAMPLES.map(text =>
                    h('button', {
                        key: text, type: 'button', disabled: store.creating, onClick: () => store.create({text, pictures: []}),
                    }, text))),
                h('p', {class: 'problem', role: 'alert'}, store.creating ? '' : store.creationError),
                h(Setup, {store, open: false})));
    }
}
