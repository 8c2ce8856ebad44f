#!/bin/bash
# Checks the console: types, the logic by itself, and the page in a browser against the real server.
# Usage: run.sh SERVER_JAR; run from the project's folder. Everything it installs goes below src/target, but for Debian packages.
set -euo pipefail
jar=$(realpath "$1")
here=$(cd "$(dirname "$0")" && pwd)
module=$(cd "$here/../.." && pwd)
work=$module/target/console-check

have() { command -v "$1" > /dev/null; }
install() {
    have "$1" && return
    if have apt-get && [ "$(id -u)" = 0 ]; then
        echo "console-test: installing $2 ..."
        apt-get install -y -q "$2" > /dev/null 2>&1 || { apt-get update -q > /dev/null && apt-get install -y -q "$2" > /dev/null; }
    else
        echo "console-test: SKIPPED, $1 is missing (apt-get install $2)"
        exit 0
    fi
}
install node nodejs
install npm npm
install chromium chromium

mkdir -p "$work"
rm -rf "$work/app"
cp -r "$module/main/resources/dev/agentws/console" "$work/app"
cp -r "$module/target/classes/dev/agentws/console/lib" "$work/app/lib"
cp "$module/../clients/javascript/agentws.js" "$work/app/"
cp "$here"/types/*.d.ts "$work/app/lib/"
cp "$here"/*.js "$here/tsconfig.json" "$here/package.json" "$work/"
cd "$work"
if ! cmp -s "$here/package-lock.json" package-lock.json || [ ! -d node_modules ]; then
    echo "console-test: installing the checkers ..."
    cp "$here/package-lock.json" .
    PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD=1 npm ci --silent --no-audit --no-fund
fi
echo "console-test: types"
node_modules/.bin/tsc -p .
echo "console-test: logic and browser"
SERVER_JAR=$jar node --test --test-timeout=300000 --test-reporter=spec "${@:2}" 2>&1
