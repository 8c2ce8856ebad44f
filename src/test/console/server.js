/** The real server on the simulated Claude, and a door before it that can be slammed. */
import {spawn} from 'node:child_process';
import {mkdtemp, rm, writeFile} from 'node:fs/promises';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';

export const KEY = 'the-key-of-the-test-0123456789';

/** @param {Record<string, string>} flags */
export async function startServer(flags = {}) {
    const folder = await mkdtemp(path.join(os.tmpdir(), 'agentws-console-'));
    await writeFile(path.join(folder, 'notes.txt'), 'Buy milk.\nCall Ada.\nWrite the report.\n');
    const keyFile = path.join(folder, '.key');
    await writeFile(keyFile, KEY, {mode: 0o600});
    const all = {
        '--port': '0', '--api-key-path': keyFile, '--working-directory': folder, '--data-dir': 'none', '--max-concurrent-sessions': '100', ...flags,
    };
    const server = spawn('java', ['-XX:TieredStopAtLevel=1', '-jar', String(process.env.SERVER_JAR), '--simulate', ...Object.entries(all).flat()], {
        cwd: folder, stdio: ['ignore', 'pipe', 'inherit'],
    });
    const port = await new Promise((resolve, reject) => {
        let said = '';
        server.stdout.on('data', data => {
            said += data;
            const listening = /listening on http:\/\/127\.0\.0\.1:(\d+)/.exec(said);
            if (listening) {
                resolve(Number(listening[1]));
            }
        });
        server.on('exit', code => reject(new Error(`the server ended with ${code}: ${said}`)));
    });
    return {
        folder,
        keyFile,
        port,
        close: async () => {
            server.removeAllListeners('exit');
            const gone = new Promise(resolve => server.on('exit', resolve));
            server.kill();
            await gone;
            await rm(folder, {recursive: true, force: true});
        },
    };
}

/**
 * Passes bytes on to a port, until it is told to cut all connections.
 *
 * @param {number} port
 */
export async function startDoor(port) {
    /** @type {Set<net.Socket>} */
    const sockets = new Set();
    let shut = false;
    const door = net.createServer(client => {
        if (shut) {
            client.destroy();
            return;
        }
        const server = net.connect(port, '127.0.0.1');
        for (const [from, to] of [[client, server], [server, client]]) {
            sockets.add(/** @type {net.Socket} */ (from));
            from?.on('error', () => to?.destroy());
            from?.on('close', () => to?.destroy());
            from?.pipe(/** @type {net.Socket} */ (to));
        }
    });
    await new Promise(resolve => door.listen(0, '127.0.0.1', () => resolve(undefined)));
    return {
        port: /** @type {net.AddressInfo} */ (door.address()).port,
        cut: () => sockets.forEach(socket => socket.destroy()),
        shut: (/** @type {boolean} */ now) => {
            shut = now;
        },
        close: () => {
            sockets.forEach(socket => socket.destroy());
            door.close();
        },
    };
}
