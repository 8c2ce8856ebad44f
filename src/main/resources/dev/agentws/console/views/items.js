/** What is said and done in a session, one piece each. */
import {Component, createRef, h} from '../lib/preact.module.js';
import {duration, ending, money, short} from '../format.js';
import {MarkdownView} from '../markdown.js';
import {ToolCard} from './tool.js';

/** @typedef {import('../items.js').Item} Item */

/** @param {{item: Item}} props */
export function ItemView({item}) {
    // Items change in place; the version is what tells.
    const props = {version: item.version};
    switch (item.kind) {
        case 'prompt':
            return h(PromptView, {item, ...props});
        case 'thinking':
            return h(ThinkingView, {item, ...props});
        case 'text':
            return h(TextView, {item, ...props});
        case 'tool':
            return h(ToolCard, {item, ...props});
        case 'result':
            return h(ResultView, {item});
        case 'error':
            return h('div', {class: 'error', role: 'alert'}, h('strong', null, item.message),
                h('span', {class: 'hint'}, item.code === 'compaction_failed' ? 'The turn goes on.'
                    : item.retryable ? 'Trying again may help.' : ''));
        default:
            return h('p', {class: 'notice'}, item.text);
    }
}

/**
 * Draws an item again only when it has changed.
 *
 * @template {Item} T
 * @extends {Component<{item: T, version: number}>}
 */
class Changing extends Component {
    /** @param {{item: T, version: number}} next */
    shouldComponentUpdate(next) {
        return next.version !== this.props.version || next.item !== this.props.item;
    }

    /** @returns {any} */
    render() {
        return null;
    }
}

/** @extends {Changing<import('../items.js').PromptItem>} */
class PromptView extends Changing {
    render() {
        const {prompt} = this.props.item;
        return prompt === null
            ? h('p', {class: 'notice'}, 'A prompt that this tab did not send')
            : h(Said, {prompt});
    }
}

/** @param {{prompt: import('../items.js').Prompt, children?: any}} props */
export function Said({prompt, children}) {
    return h('div', {class: 'said'},
        h('span', {class: 'hidden'}, 'You: '),
        prompt.images.length > 0 && h('div', {class: 'pictures'}, prompt.images.map((url, at) =>
            h('img', {src: url, alt: `Picture ${at + 1}`, key: at}))),
        prompt.text !== '' && h('div', {class: 'words'}, prompt.text),
        children);
}

/** @extends {Changing<import('../items.js').ThinkingItem>} */
class ThinkingView extends Changing {
    render() {
        const {item} = this.props;
        return h('details', {class: 'thinking'},
            h('summary', null, item.open && h('span', {class: 'pulse'}), item.open ? 'Thinking …' : 'Thought'),
            h('div', {class: 'thought'}, item.text));
    }
}

/** @extends {Changing<import('../items.js').TextItem>} */
class TextView extends Changing {
    root = createRef();

    componentDidMount() {
        this.view = new MarkdownView(this.root.current);
        this.componentDidUpdate();
    }

    componentDidUpdate() {
        this.view?.update(this.props.item.text, this.props.item.open);
    }

    render() {
        return h('div', {class: this.props.item.open ? 'markdown open' : 'markdown', ref: this.root});
    }
}

/** @param {{item: import('../items.js').ResultItem}} props */
function ResultView({item: {result}}) {
    const usage = result.usage;
    const read = usage.input_tokens + usage.cache_creation_input_tokens + usage.cache_read_input_tokens;
    const numbers = [
        duration(result.duration_ms),
        result.ttft_ms === null ? '' : `first token ${duration(result.ttft_ms)}`,
        `${short(read)} in, ${short(usage.output_tokens)} out`,
        money(result.cost_usd),
    ];
    const words = ending(result.stop_reason);
    return h('div', {class: result.is_error ? 'result stopped' : 'result'},
        words !== '' && h('strong', null, words),
        h('span', null, numbers.filter(text => text !== '').join(' · ')));
}
