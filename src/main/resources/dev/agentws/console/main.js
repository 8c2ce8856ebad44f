/** Takes the key, opens the socket, draws. */
import {h, render} from './lib/preact.module.js';
import {takeKey} from './key.js';
import {chooseTheme, theme} from './memory.js';
import {Store} from './store.js';
import {App} from './views/app.js';

chooseTheme(theme());
const root = /** @type {HTMLElement} */ (document.getElementById('app'));
root.replaceChildren();
const url = new URL('/ws', location.href);
url.protocol = location.protocol === 'https:' ? 'wss:' : 'ws:';
url.search = '';
url.hash = '';
const key = takeKey();
const store = new Store(url.href, () => render(h(App, {store}), root));
store.start(key);
store.changed();
