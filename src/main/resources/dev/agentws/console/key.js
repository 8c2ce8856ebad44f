/** The key: taken out of the address at once, so that it is in no history and no screenshot, and kept for as long as the tab lives. */

const STORED = 'agentws.key';

/** @returns {string | null} */
export function takeKey() {
    const url = new URL(location.href);
    const fragment = new URLSearchParams(url.hash.slice(1));
    const given = fragment.get('key') ?? fragment.get('token') ?? url.searchParams.get('token') ?? url.searchParams.get('key');
    if (given !== null) {
        fragment.delete('key');
        fragment.delete('token');
        url.searchParams.delete('token');
        url.searchParams.delete('key');
        url.hash = fragment.toString();
        history.replaceState(null, '', url);
        keepKey(given.trim());
    }
    return sessionStorage.getItem(STORED);
}

/** @param {string | null} key null = forget it */
export function keepKey(key) {
    if (key === null || key === '') {
        sessionStorage.removeItem(STORED);
    } else {
        sessionStorage.setItem(STORED, key);
    }
}
