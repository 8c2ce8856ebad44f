/** A call of a tool: what, how far, what came of it. */
import {Component, createRef, h} from '../lib/preact.module.js';
import {runs} from '../ansi.js';
import {duration, gist} from '../format.js';
import {Diff, fileChange} from './diff.js';
import {icon} from './icon.js';

/** @typedef {import('../items.js').ToolItem} ToolItem */

/** @type {Record<string, string>} */
const ICONS = {
    Bash: 'terminal', BashOutput: 'terminal', KillShell: 'terminal', Read: 'file', Write: 'pencil', Edit: 'pencil', NotebookEdit: 'pencil',
    Glob: 'search', Grep: 'search', TodoWrite: 'list', WebFetch: 'globe', WebSearch: 'globe', AskUserQuestion: 'question', ExitPlanMode: 'list',
};

/** So much of a text is put into the page. */
const MAX_SHOWN = 40_000;

/** @extends {Component<{item: ToolItem, version: number}, {open: boolean | null}>} */
export class ToolCard extends Component {
    state = {open: /** @type {boolean | null} */ (null)};

    /**
     * @param {{item: ToolItem, version: number}} next
     * @param {{open: boolean | null}} state
     */
    shouldComponentUpdate(next, state) {
        return next.version !== this.props.version || state.open !== this.state.open;
    }

    render() {
        const {item} = this.props;
        const state = stateOf(item);
        const change = fileChange(item.details);
        const todos = item.name === 'TodoWrite' && Array.isArray(item.input.todos) ? item.input.todos : null;
        const wanted = change !== null || todos !== null || item.name === 'Bash' || item.name === 'AskUserQuestion' || item.isError;
        const open = this.state.open ?? wanted;
        return h('article', {class: `tool ${state.kind}`, 'aria-label': `${item.name}: ${state.words}`},
            h('button', {
                class: 'tool-head', type: 'button', 'aria-expanded': open, onClick: () => this.setState({open: !open}),
            },
            icon(ICONS[item.name] ?? 'wrench'),
            h('span', {class: 'tool-name'}, item.name),
            h('span', {class: 'gist'}, gist(item.name, item.input)),
            h('span', {class: 'tool-state'}, state.kind === 'running' && h('span', {class: 'pulse'}), state.words)),
            open && h('div', {class: 'tool-body'},
                todos !== null ? h(Todos, {todos})
                : change !== null ? h(Diff, {change})
                : h(Plain, {item}),
                item.isError && (todos !== null || change !== null) && h(Printed, {text: item.result ?? '', live: false})));
    }
}

/** @param {ToolItem} item */
function stateOf(item) {
    if (item.result !== null) {
        const took = item.durationMs ? ` · ${duration(item.durationMs)}` : '';
        if (item.permission === 'denied' || item.permission === 'timeout') {
            return {kind: 'refused', words: item.permission === 'denied' ? 'denied' : 'nobody answered'};
        }
        return item.isError ? {kind: 'failed', words: `failed${took}`} : {kind: 'done', words: `done${took}`};
    }
    return item.permission === 'asked' ? {kind: 'asked', words: 'asks you'} : {kind: 'running', words: 'running'};
}

/** @param {{item: ToolItem}} props */
function Plain({item}) {
    const live = item.result === null;
    // The result of a command repeats what it printed, unless that was cut or the command failed to run at all.
    const text = item.name === 'Bash' && item.output !== '' && !item.isError ? item.output : item.result ?? item.output;
    const command = item.name === 'Bash' ? item.input.command : null;
    return h('div', null,
        typeof command === 'string' && (command.includes('\n') || command.length > 80)
            && h('pre', {class: 'command', tabIndex: 0}, command),
        item.name !== 'Bash' && item.name !== 'AskUserQuestion' && h('details', {class: 'input'}, h('summary', null, 'Input'),
            h('pre', {tabIndex: 0}, JSON.stringify(item.input, null, 2).slice(0, MAX_SHOWN))),
        item.cut && h('p', {class: 'hint'}, 'The beginning of the output is not shown.'),
        text !== '' && h(Printed, {text, live}));
}

/** What was printed; the end of it stays in view while it grows. */
/** @extends {Component<{text: string, live: boolean}>} */
class Printed extends Component {
    box = createRef();

    componentDidMount() {
        this.follow();
    }

    componentDidUpdate() {
        this.follow();
    }

    follow() {
        if (this.props.live) {
            this.box.current.scrollTop = this.box.current.scrollHeight;
        }
    }

    render() {
        const {text, live} = this.props;
        const shown = live ? text.slice(-MAX_SHOWN) : text.slice(0, MAX_SHOWN);
        const left = text.length - shown.length;
        return h('div', null,
            h('pre', {class: 'printed', tabIndex: 0, ref: this.box},
                runs(shown).map((run, at) => (run.style === '' ? run.text : h('span', {class: run.style, key: at}, run.text)))),
            left > 0 && h('p', {class: 'hint'}, `${left.toLocaleString('en')} more characters are not shown.`));
    }
}

/** @param {{todos: {content: string, status: string, activeForm?: string}[]}} props */
function Todos({todos}) {
    return h('ul', {class: 'todos'}, todos.map((todo, at) =>
        h('li', {class: todo.status, key: at},
            h('span', {class: 'box', 'aria-hidden': 'true'}, todo.status === 'completed' && icon('check')),
            h('span', null, todo.status === 'in_progress' && todo.activeForm ? todo.activeForm : todo.content,
                h('span', {class: 'hidden'}, ` (${todo.status.replace('_', ' ')})`)))));
}
