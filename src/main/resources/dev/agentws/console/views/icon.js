/** Small drawings, in the colour of the text around them. */
import {h} from '../lib/preact.module.js';

/** @type {Record<string, string>} */
const PATHS = {
    menu: 'M4 7h16M4 12h16M4 17h16',
    plus: 'M12 5v14M5 12h14',
    sliders: 'M4 8h10M18 8h2M4 16h2M10 16h10M16 6v4M8 14v4',
    send: 'M12 19V5M6 11l6-6 6 6',
    stop: 'M7 7h10v10H7z',
    close: 'M6 6l12 12M18 6L6 18',
    image: 'M4 5h16v14H4zM4 16l5-5 4 4 3-3 4 4M9 9h.01',
    search: 'M11 18a7 7 0 100-14 7 7 0 000 14zM20 20l-4-4',
    sun: 'M12 16a4 4 0 100-8 4 4 0 000 8zM12 3v2M12 19v2M3 12h2M19 12h2M5.6 5.6L7 7M17 17l1.4 1.4M18.4 5.6L17 7M7 17l-1.4 1.4',
    moon: 'M20 14.5A8 8 0 119.5 4a6.5 6.5 0 0010.5 10.5z',
    auto: 'M12 4a8 8 0 100 16zM12 4a8 8 0 010 16',
    check: 'M5 12.5l4.5 4.5L19 7.5',
    down: 'M12 5v14M6 13l6 6 6-6',
    terminal: 'M5 8l4 4-4 4M12 16h7',
    file: 'M7 3h7l4 4v14H7zM14 3v4h4',
    pencil: 'M5 19l1-4L16 5l3 3L9 18z',
    fork: 'M7 4v16M7 14c0-4 10-2 10-8M14 8l3-3 3 3',
    list: 'M9 7h11M9 12h11M9 17h11M4.5 7h.01M4.5 12h.01M4.5 17h.01',
    globe: 'M12 21a9 9 0 100-18 9 9 0 000 18zM3 12h18M12 3c3 3 3 15 0 18M12 3c-3 3-3 15 0 18',
    wrench: 'M14 7a4 4 0 015-4l-2.5 3L18 8l3-2.500A4 4 0 0116 11L8 19a2 2 0 01-3-3l8-8z',
    question: 'M9 9a3 3 0 116 0c0 2-3 2.500-3 4.500M12 17.500h.01',
    key: 'M14 10a4 4 0 11-8 0 4 4 0 018 0zM13 13l7 7M17 17l2-2',
};

/** @param {string} name */
export function icon(name) {
    return h('svg', {class: 'icon', viewBox: '0 0 24 24', 'aria-hidden': 'true', focusable: 'false'}, h('path', {d: PATHS[name]}));
}
