/** Questions of the agent: may it, and which way. */
import {Component, createRef, h} from '../lib/preact.module.js';
import {suggestion} from '../format.js';
import {MarkdownView} from '../markdown.js';
import {Diff, fileChange} from './diff.js';

/** @typedef {import('../store.js').Store} Store */
/** @typedef {import('../agentws.js').PermissionRequest} PermissionRequest */

/** @typedef {{refusing: boolean, reason: string, left: number, answers: Record<string, string[]>}} State */

/** @extends {Component<{store: Store, question: PermissionRequest}, State>} */
export class Question extends Component {
    state = {refusing: false, reason: '', left: this.left(), answers: /** @type {Record<string, string[]>} */ ({})};

    componentDidMount() {
        this.clock = setInterval(() => this.setState({left: this.left()}), 1000);
    }

    componentWillUnmount() {
        clearInterval(this.clock);
    }

    left() {
        return Math.max(0, Math.round((Date.parse(this.props.question.expires_at) - Date.now()) / 1000));
    }

    /** @param {Record<string, any>} more */
    allow(more = {}) {
        this.props.store.allow(this.props.question, more);
    }

    /** @param {{interrupt?: boolean}} more */
    deny(more = {}) {
        this.props.store.deny(this.props.question, this.state.reason.trim(), more);
    }

    render() {
        const {question} = this.props;
        const asks = question.tool === 'AskUserQuestion' && Array.isArray(question.parameters.questions);
        const plan = question.tool === 'ExitPlanMode' && typeof question.parameters.plan === 'string';
        const name = `question-${question.request_id}`;
        return h('section', {class: 'question', 'aria-labelledby': name, 'data-request': question.request_id},
            h('header', null,
                h('h2', {id: name}, asks ? 'The agent asks you' : plan ? 'Shall this plan be carried out?' : `Allow ${question.tool}?`),
                h('span', {class: 'hint'}, this.state.left < 100 ? `${this.state.left} s left` : `${Math.ceil(this.state.left / 60)} min left`)),
            asks ? this.wants() : plan ? h(Plan, {text: question.parameters.plan}) : this.what(),
            this.state.refusing ? this.refusal() : asks ? this.choices() : this.buttons());
    }

    what() {
        const {question} = this.props;
        const change = fileChange(question.details.diff);
        const command = question.parameters.command;
        return h('div', {class: 'what'},
            change !== null ? h(Diff, {change})
            : typeof command === 'string' ? h('pre', {class: 'command', tabIndex: 0}, command)
            : h('p', null, question.description),
            question.decision_reason && h('p', {class: 'hint'}, `Asked because ${question.decision_reason}.`));
    }

    buttons() {
        const suggestions = this.props.question.suggestions ?? [];
        return h('div', {class: 'buttons'},
            h('button', {class: 'primary', type: 'button', onClick: () => this.allow()}, 'Allow once'),
            suggestions.map((update, at) => h('button', {
                type: 'button', key: at, class: 'like-this', onClick: () => this.allow({remember: update}),
            }, suggestion(update))),
            h('button', {type: 'button', class: 'deny', onClick: () => this.setState({refusing: true})}, 'Deny …'));
    }

    refusal() {
        return h('form', {class: 'refusal', onSubmit: (/** @type {Event} */ event) => {
            event.preventDefault();
            this.deny();
        }},
        h('label', null, 'What should it do instead? (may stay empty)',
            h('input', {
                autofocus: true, value: this.state.reason, ref: (/** @type {any} */ input) => input?.focus(),
                onInput: (/** @type {any} */ event) => this.setState({reason: event.target.value}),
            })),
        h('div', {class: 'buttons'},
            h('button', {class: 'danger', type: 'submit'}, 'Deny'),
            h('button', {
                type: 'button', onClick: () => this.deny({interrupt: true}),
            }, 'Deny and stop'),
            h('button', {type: 'button', onClick: () => this.setState({refusing: false})}, 'Back')));
    }

    // ---- questions with answers to choose from

    wants() {
        return this.props.question.parameters.questions.map((/** @type {any} */ each, /** @type {number} */ at) =>
            h('fieldset', {key: at},
                h('legend', null, each.question),
                (each.options ?? []).map((/** @type {any} */ option) => h('label', {class: 'choice', key: option.label},
                    h('input', {
                        type: each.multiSelect ? 'checkbox' : 'radio', name: `${this.props.question.request_id}-${at}`,
                        checked: (this.state.answers[each.question] ?? []).includes(option.label),
                        onChange: (/** @type {any} */ event) => this.choose(each, option.label, event.target.checked),
                    }),
                    h('span', null, h('strong', null, option.label), option.description && h('span', {class: 'hint'}, option.description)))),
                h('label', {class: 'other'}, 'Something else',
                    h('input', {onInput: (/** @type {any} */ event) => this.other(each, event.target.value)}))));
    }

    /**
     * @param {any} question
     * @param {string} label
     * @param {boolean} on
     */
    choose(question, label, on) {
        const before = question.multiSelect ? (this.state.answers[question.question] ?? []).filter(each => each !== label) : [];
        this.setState({answers: {...this.state.answers, [question.question]: on ? [...before, label] : before}});
    }

    /**
     * @param {any} question
     * @param {string} text
     */
    other(question, text) {
        const known = question.options.map((/** @type {any} */ option) => option.label);
        const before = question.multiSelect ? (this.state.answers[question.question] ?? []).filter(each => known.includes(each)) : [];
        this.setState({answers: {...this.state.answers, [question.question]: text.trim() === '' ? before : [...before, text.trim()]}});
    }

    choices() {
        const {question} = this.props;
        const complete = question.parameters.questions.every(
            (/** @type {any} */ each) => (this.state.answers[each.question] ?? []).length > 0);
        const answers = () => Object.fromEntries(Object.entries(this.state.answers).map(([asked, chosen]) => [asked, chosen.join(', ')]));
        return h('div', {class: 'buttons'},
            h('button', {
                class: 'primary', type: 'button', disabled: !complete,
                onClick: () => this.allow({updated_input: {...question.parameters, answers: answers()}}),
            }, 'Answer'),
            h('button', {type: 'button', onClick: () => this.setState({refusing: true})}, 'Do not answer …'));
    }
}

/** @extends {Component<{text: string}>} */
class Plan extends Component {
    root = createRef();

    componentDidMount() {
        new MarkdownView(this.root.current).update(this.props.text, false);
    }

    render() {
        return h('div', {class: 'what markdown', ref: this.root});
    }
}
