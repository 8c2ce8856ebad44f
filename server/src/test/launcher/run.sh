#!/bin/bash
# Checks the launcher with its archive of classes, as users start it: trains one, starts the server with it, asks for its health, plays a
# turn, and ends it. By the java on the PATH, and by a JDK 25 where one is installed, because that has another kind of archive.
# Usage: run.sh LAUNCHER
set -euo pipefail
launcher=$(realpath "$1")
work=$(mktemp -d)
server=
finish() {
    if [ -n "$server" ]; then kill "$server" 2> /dev/null || true; fi
    rm -rf "$work"
}
trap finish EXIT

fail() {
    echo "launcher: $java: $1" >&2
    cat "$work/said" >&2
    exit 1
}

check() {
    java=$1
    # With this the JVM does not start if the archive cannot be used; otherwise it would only take longer.
    local must=$2
    # Nothing of the caller's settings, and nothing of what it has at home. No function, which would stand between us and the server's pid.
    local clean=(env -i PATH="$PATH" HOME="$work/home" LANG=C.UTF-8 JAVA="$java")
    rm -rf "$work/home" && mkdir "$work/home"
    "${clean[@]}" "$launcher" train > "$work/said" 2>&1 || fail "no archive was made"
    "${clean[@]}" JAVA_OPTS="$must" "$launcher" --port 0 --simulate --data-dir "$work/home/data" > "$work/said" 2>&1 &
    server=$!
    local address=
    for _ in $(seq 200); do
        address=$(sed -n 's/^listening on //p' "$work/said")
        if [ -n "$address" ] || ! kill -0 "$server" 2> /dev/null; then break; fi
        sleep 0.1
    done
    [ -n "$address" ] || fail "the server did not start"
    [ "$(curl -sS --max-time 10 "$address/health")" = '{"status":"healthy"}' ] || fail "the server is not healthy"
    "${clean[@]}" "$launcher" chat --url "${address/http/ws}/ws" --json "run \`true\`" > "$work/turn" 2>&1 < /dev/null \
        || { cat "$work/turn" >> "$work/said"; fail "no turn was played"; }
    grep -q '"stop_reason":"end_turn"' "$work/turn" || { cat "$work/turn" >> "$work/said"; fail "the turn did not end well"; }
    kill "$server"
    # The JVM ends with the signal's code once all is written down.
    wait "$server" || [ $? = 143 ] || fail "the server did not end well"
    server=
    echo "launcher: $("$java" -version 2>&1 | head -n 1): archive made and used, a turn played"
}

check "$(command -v java)" "-Xshare:on"
for newer in /usr/lib/jvm/*25*/bin/java; do
    # An AOT cache is asked for in another word.
    if [ -x "$newer" ]; then check "$newer" "-XX:AOTMode=on"; break; fi
done
