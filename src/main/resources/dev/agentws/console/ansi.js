/**
 * What a command prints, without the codes by which it speaks to a terminal: colours become names of styles, a carriage return begins the
 * line anew, everything else is left out.
 *
 * @typedef {{text: string, style: string}} Run
 */

const COLOURS = ['black', 'red', 'green', 'yellow', 'blue', 'magenta', 'cyan', 'white'];
// eslint-disable-next-line no-control-regex
const CODES = /\x1b\[([0-9;]*)m|\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[@-Z\\-_=>]|[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]/g;

/**
 * @param {string} text
 * @returns {Run[]}
 */
export function runs(text) {
    const plain = overwritten(text);
    /** @type {Run[]} */
    const found = [];
    let style = {colour: '', bold: false, dim: false};
    let from = 0;
    for (const code of plain.matchAll(CODES)) {
        push(found, plain.slice(from, code.index), style);
        from = code.index + code[0].length;
        if (code[1] !== undefined) {
            style = styled(style, code[1]);
        }
    }
    push(found, plain.slice(from), style);
    return found;
}

/** What is left of each line when a carriage return has gone back to its beginning. @param {string} text */
function overwritten(text) {
    return text.includes('\r')
        ? text.replace(/\r+\n/g, '\n').split('\n').map(line => line.slice(line.lastIndexOf('\r', line.length - 2) + 1)).join('\n')
        : text;
}

/**
 * @param {{colour: string, bold: boolean, dim: boolean}} style
 * @param {string} codes
 */
function styled(style, codes) {
    const next = {...style};
    const numbers = codes.split(';').map(Number);
    for (let i = 0; i < numbers.length; i++) {
        const code = /** @type {number} */ (numbers[i]);
        if (code === 0) {
            Object.assign(next, {colour: '', bold: false, dim: false});
        } else if (code === 1 || code === 2) {
            next.bold = code === 1;
            next.dim = code === 2;
        } else if (code === 22) {
            next.bold = false;
            next.dim = false;
        } else if (code === 39) {
            next.colour = '';
        } else if ((code >= 30 && code <= 37) || (code >= 90 && code <= 97)) {
            next.colour = COLOURS[code % 10] ?? '';
        } else if (code === 38 || code === 48) {
            i += numbers[i + 1] === 5 ? 2 : 4;
        }
    }
    return next;
}

/**
 * @param {Run[]} found
 * @param {string} text
 * @param {{colour: string, bold: boolean, dim: boolean}} style
 */
function push(found, text, style) {
    if (text !== '') {
        const names = [style.colour === '' ? '' : `ansi-${style.colour}`, style.bold ? 'ansi-bold' : '', style.dim ? 'ansi-dim' : ''];
        found.push({text, style: names.filter(name => name !== '').join(' ')});
    }
}
