/** What this page remembers: prompts for as long as the tab lives, because events do not carry them; tastes for good. */

const PROMPTS = 'agentws.prompts.';
const MAX_PROMPTS = 200;
const MAX_PROMPT_CHARS = 20_000;
const DEFAULTS = {workingDirectory: '', model: '', mode: 'default', tools: /** @type {string[] | null} */ (null)};

/** @typedef {typeof DEFAULTS} Wishes what a new session is made with */

/**
 * @param {string} session
 * @returns {import('./items.js').Prompt[]}
 */
export function promptsOf(session) {
    return parsed(sessionStorage.getItem(PROMPTS + session), []);
}

/**
 * @param {string} session
 * @param {import('./items.js').Prompt} prompt
 */
export function rememberPrompt(session, prompt) {
    // Pictures would soon fill the little room there is.
    const kept = {id: prompt.id, text: prompt.text.slice(0, MAX_PROMPT_CHARS), images: [], state: 'sent'};
    const all = [...promptsOf(session), kept].slice(-MAX_PROMPTS);
    try {
        sessionStorage.setItem(PROMPTS + session, JSON.stringify(all));
    } catch {
        sessionStorage.removeItem(PROMPTS + session);
    }
}

/** @param {string} session */
export function forgetPrompts(session) {
    sessionStorage.removeItem(PROMPTS + session);
}

/** @returns {Wishes} */
export function lastWishes() {
    return {...DEFAULTS, ...parsed(localStorage.getItem('agentws.wishes'), {})};
}

/** @param {Wishes} wishes */
export function rememberWishes(wishes) {
    localStorage.setItem('agentws.wishes', JSON.stringify(wishes));
}

/** @returns {'auto' | 'light' | 'dark'} */
export function theme() {
    const kept = localStorage.getItem('agentws.theme');
    return kept === 'light' || kept === 'dark' ? kept : 'auto';
}

/** @param {'auto' | 'light' | 'dark'} chosen */
export function chooseTheme(chosen) {
    localStorage.setItem('agentws.theme', chosen);
    document.documentElement.dataset.theme = chosen;
}

/**
 * @param {string | null} text
 * @param {any} otherwise
 */
function parsed(text, otherwise) {
    try {
        return text === null ? otherwise : JSON.parse(text);
    } catch {
        return otherwise;
    }
}
