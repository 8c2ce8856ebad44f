/** Where prompts are written: text, and pictures by paste, drop or choice. */
import {Component, createRef, h} from '../lib/preact.module.js';
import {icon} from './icon.js';

/** @typedef {import('../store.js').Store} Store */

const PICTURES = ['image/png', 'image/jpeg', 'image/gif', 'image/webp'];
const MAX_PICTURE_BYTES = 5 << 20;

/** @typedef {{store: Store, id: string, busy: boolean, placeholder: string, disabled?: boolean}} Props */

/** @extends {Component<Props, {over: boolean}>} */
export class Composer extends Component {
    state = {over: false};
    area = createRef();

    componentDidMount() {
        this.fit();
        if (matchMedia('(pointer: fine)').matches) {
            this.area.current.focus();
        }
    }

    componentDidUpdate() {
        this.fit();
    }

    /** As high as its text, up to a part of the window. */
    fit() {
        const area = /** @type {HTMLTextAreaElement} */ (this.area.current);
        area.style.height = 'auto';
        area.style.height = `${Math.min(area.scrollHeight, innerHeight * 0.4)}px`;
    }

    send() {
        const {store, id, disabled} = this.props;
        const draft = store.draft(id);
        if (disabled || store.state !== 'ready' || (draft.text.trim() === '' && draft.pictures.length === 0)) {
            return;
        }
        if (id === '') {
            if (!store.creating) {
                store.create(draft);
            }
        } else {
            store.prompt(id, draft);
        }
    }

    /** @param {KeyboardEvent} event */
    pressed(event) {
        if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) {
            event.preventDefault();
            this.send();
        }
    }

    /** @param {Iterable<File>} files */
    async take(files) {
        const {store, id} = this.props;
        for (const file of files) {
            if (!PICTURES.includes(file.type)) {
                store.toast(`${file.name || 'The file'} is ${file.type || 'of an unknown type'} (expected: PNG, JPEG, GIF or WebP).`);
            } else if (file.size > MAX_PICTURE_BYTES) {
                store.toast(`${file.name || 'The picture'} has ${(file.size / 1048576).toFixed(1)} MiB (expected: at most 5).`);
            } else {
                const url = await dataUrl(file);
                const draft = store.draft(id);
                const picture = {media: file.type, data: url.slice(url.indexOf(',') + 1), url};
                store.keepDraft(id, {...draft, pictures: [...draft.pictures, picture]});
            }
        }
    }

    /** @param {any} event */
    pasted(event) {
        const files = [...event.clipboardData.files];
        if (files.length > 0) {
            event.preventDefault();
            this.take(files);
        }
    }

    /** @param {any} event */
    dropped(event) {
        event.preventDefault();
        this.setState({over: false});
        this.take([...event.dataTransfer.files]);
    }

    render() {
        const {store, id, busy, placeholder, disabled} = this.props;
        const draft = store.draft(id);
        const empty = draft.text.trim() === '' && draft.pictures.length === 0;
        return h('form', {
            class: this.state.over ? 'composer over' : 'composer',
            onSubmit: (/** @type {Event} */ event) => {
                event.preventDefault();
                this.send();
            },
            onDragOver: (/** @type {Event} */ event) => {
                event.preventDefault();
                this.setState({over: true});
            },
            onDragLeave: () => this.setState({over: false}),
            onDrop: (/** @type {Event} */ event) => this.dropped(event),
        },
        draft.pictures.length > 0 && h('ul', {class: 'pictures'}, draft.pictures.map((picture, at) =>
            h('li', {key: at},
                h('img', {src: picture.url, alt: `Picture ${at + 1} to send`}),
                h('button', {
                    type: 'button', 'aria-label': `Remove picture ${at + 1}`,
                    onClick: () => store.keepDraft(id, {...draft, pictures: draft.pictures.filter(each => each !== picture)}),
                }, icon('close'))))),
        h('textarea', {
            id: 'prompt', ref: this.area, rows: 1, placeholder, disabled, 'aria-label': 'Prompt', value: draft.text,
            onInput: (/** @type {any} */ event) => store.keepDraft(id, {...store.draft(id), text: event.target.value}),
            onKeyDown: (/** @type {any} */ event) => this.pressed(event),
            onPaste: (/** @type {any} */ event) => this.pasted(event),
        }),
        h('div', {class: 'row'},
            h('label', {class: 'quiet button', title: 'Add a picture'}, icon('image'), h('span', {class: 'hidden'}, 'Add a picture'),
                h('input', {
                    type: 'file', accept: PICTURES.join(), multiple: true, class: 'hidden', disabled,
                    onChange: (/** @type {any} */ event) => {
                        this.take([...event.target.files]);
                        event.target.value = '';
                    },
                })),
            h('span', {class: 'hint keys'}, busy ? 'Enter queues, Esc stops' : 'Enter sends, Shift+Enter breaks the line'),
            busy && h('button', {class: 'stop', type: 'button', onClick: () => store.interrupt(id)}, icon('stop'), 'Stop'),
            h('button', {
                class: 'primary send', type: 'submit', 'aria-label': busy ? 'Queue the prompt' : 'Send',
                disabled: disabled || empty || store.state !== 'ready' || store.creating,
            }, icon('send'))));
    }
}

/**
 * @param {File} file
 * @returns {Promise<string>}
 */
function dataUrl(file) {
    return new Promise((resolve, reject) => {
        const reader = new FileReader();
        reader.onload = () => resolve(String(reader.result));
        reader.onerror = () => reject(reader.error);
        reader.readAsDataURL(file);
    });
}
