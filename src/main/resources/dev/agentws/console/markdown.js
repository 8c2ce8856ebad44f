/**
 * Markdown that grows. Finished blocks are put into the page once and not touched again; only the last blocks, which further text may
 * still change, are read anew. An open code block is plain text and is coloured when it is closed.
 */
import {Marked} from './lib/marked.esm.js';
import './lib/purify.min.js';

/** Blocks at the end that further text may change: an empty line and what stands before it. */
const UNSETTLED = 2;
const MAX_COLOURED_CHARS = 60_000;

const purify = globalThis.DOMPurify;

const marked = new Marked({
    gfm: true,
    renderer: {
        // HTML in an answer is shown, not obeyed.
        html: token => escaped(token.text),
        // Nothing is fetched from elsewhere; whoever wants the picture can follow the link.
        image: token => `<a href="${escaped(token.href)}">${escaped(token.text || token.href)}</a>`,
    },
});

export class MarkdownView {
    /** @param {HTMLElement} root */
    constructor(root) {
        this.root = root;
        /** @type {string} */
        this.text = '';
        this.open = true;
        /** Up to here the text stands in the page for good. */
        this.settled = 0;
        /** @type {ChildNode[]} */
        this.loose = [];
    }

    reset() {
        this.root.replaceChildren();
        this.settled = 0;
        this.loose = [];
    }

    /**
     * @param {string} text all of it
     * @param {boolean} open whether more will come
     */
    update(text, open) {
        if (text === this.text && open === this.open) {
            return;
        }
        // The whole text may differ from its pieces, and a link may be defined below its use.
        if (!text.startsWith(this.text) || (!open && /^ {0,3}\[[^\]]+\]:/m.test(text))) {
            this.reset();
        }
        this.text = text;
        this.open = open;
        for (const node of this.loose) {
            node.remove();
        }
        this.loose = [];
        const tokens = marked.lexer(text.slice(this.settled));
        const links = tokens.links;
        const firm = open ? Math.max(0, tokens.length - UNSETTLED) : tokens.length;
        tokens.forEach((/** @type {any} */ token, at) => {
            const nodes = rendered(token, links, open && at === tokens.length - 1);
            this.root.append(...nodes);
            if (at < firm) {
                this.settled += token.raw.length;
            } else {
                this.loose.push(...nodes);
            }
        });
    }
}

/**
 * @param {any} token
 * @param {any} links
 * @param {boolean} last whether the block may still grow
 * @returns {ChildNode[]}
 */
function rendered(token, links, last) {
    if (token.type === 'code') {
        return [codeBlock(token.text, (token.lang ?? '').split(/\s/)[0], !last)];
    }
    const list = Object.assign([token], {links});
    const fragment = clean(marked.parser(list));
    for (const link of fragment.querySelectorAll('a')) {
        link.target = '_blank';
        link.rel = 'noopener noreferrer';
    }
    for (const table of fragment.querySelectorAll('table')) {
        const frame = document.createElement('div');
        frame.className = 'table';
        frame.tabIndex = 0;
        table.replaceWith(frame);
        frame.append(table);
    }
    for (const code of fragment.querySelectorAll('pre > code')) {
        const language = /language-(\S+)/.exec(code.className)?.[1] ?? '';
        code.parentElement?.replaceWith(codeBlock(code.textContent ?? '', language, !last));
    }
    for (const box of fragment.querySelectorAll('input')) {
        box.setAttribute('aria-label', box.checked ? 'done' : 'to do');
    }
    return [...fragment.childNodes];
}

/**
 * @param {string} text
 * @param {string} language
 * @param {boolean} coloured
 */
function codeBlock(text, language, coloured) {
    const figure = document.createElement('figure');
    figure.className = 'code';
    const bar = document.createElement('figcaption');
    const name = document.createElement('span');
    name.textContent = language || 'text';
    const copy = document.createElement('button');
    copy.type = 'button';
    copy.textContent = 'Copy';
    copy.addEventListener('click', () => {
        navigator.clipboard.writeText(text).then(() => {
            copy.textContent = 'Copied';
        }, () => {
            copy.textContent = 'Not allowed';
        });
    });
    bar.append(name);
    // Browsers have a clipboard only for pages that came by https or from this machine.
    if (navigator.clipboard !== undefined) {
        bar.append(copy);
    }
    const pre = document.createElement('pre');
    pre.tabIndex = 0;
    const code = document.createElement('code');
    code.append(coloured ? colours(text, language) : text);
    pre.append(code);
    figure.append(bar, pre);
    return figure;
}

/**
 * @param {string} text
 * @param {string} language
 * @returns {Node}
 */
export function colours(text, language) {
    const highlighter = globalThis.hljs;
    if (highlighter === undefined || text.length > MAX_COLOURED_CHARS || !highlighter.getLanguage(language)) {
        return document.createTextNode(text);
    }
    const html = highlighter.highlight(text, {language, ignoreIllegals: true}).value;
    return purify.sanitize(html, {RETURN_DOM_FRAGMENT: true, ALLOWED_TAGS: ['span'], ALLOWED_ATTR: ['class']});
}

/**
 * @param {string} html
 * @returns {DocumentFragment}
 */
function clean(html) {
    return purify.sanitize(html, {
        RETURN_DOM_FRAGMENT: true,
        USE_PROFILES: {html: true},
        FORBID_TAGS: ['style', 'form', 'img', 'video', 'audio', 'source', 'picture'],
        FORBID_ATTR: ['style', 'id', 'name'],
    });
}

/** @param {string} text */
function escaped(text) {
    return text.replace(/[&<>"']/g, sign => `&#${sign.charCodeAt(0)};`);
}
