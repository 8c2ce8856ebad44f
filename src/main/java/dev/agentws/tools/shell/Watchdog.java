package dev.agentws.tools.shell;

import dev.agentws.tools.call.ToolFailure;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends the commands of a server that is gone without having ended them. A small shell reads a pipe that only this process writes to:
 * it is told of each command, and when the pipe ends it kills all that carries the mark or the limit of one that has not ended. There
 * is one for all commands, begun with the first and ended some time after the last, so a command costs a line in a pipe and sees
 * nothing of it. Thread-safe; blocks for some milliseconds when the shell has to be started.
 */
public final class Watchdog {
    private static final Logger LOG = LoggerFactory.getLogger(Watchdog.class);

    private static final Duration IDLE = Duration.ofSeconds(30);

    /** Why in rounds: what is being started while one looks at the others shows up in the next. */
    private static final String SCRIPT = """
            trap '' HUP INT QUIT TERM
            declare -A open limits sessions
            while read -r what id limit; do
              case $what in
                begin) open[$id]=1; (( limit )) && limits[$limit]=$id;;
                end) unset "open[$id]"; [[ ${limits[$limit]} == "$id" ]] && unset "limits[$limit]";;
              esac
            done
            marked() {
              local word
              while IFS= read -r -d '' word; do
                [[ $word == AGENTWS_CALL=* && ${open[${word#*=}]} ]] && return 0
              done < "$1/environ"
              while read -r a b c _ limit _; do
                [[ "$a $b $c" == 'Max file locks' ]] && [[ ${limits[${limit:--}]} ]] && return 0
              done < "$1/limits"
              return 1
            }
            look() {
              local pid=${1#/proc/} stat session
              read -r stat < "$1/stat" || return
              read -r state _ _ session _ <<< "${stat##*) }"
              [[ $state == [ZX] ]] && return
              if marked "$1"; then
                (( pid == session )) && sessions[$pid]=1
              elif [[ ! ${sessions[$session]} ]]; then
                return
              fi
              kill -KILL "$pid" && found=1
            }
            calm=0
            for (( round = 0; round < 200 && calm < 3 && ${#open[@]} > 0; round++ )); do
              found=
              for dir in /proc/[0-9]*; do look "$dir"; done
              if [[ $found ]]; then calm=0; else (( calm++ )); fi
              sleep 0.01
            done
            """;

    private final ShellPrograms programs;
    private final ShellThreads threads;
    private final Map<String, LimitMark> open = new LinkedHashMap<>();
    private @Nullable Process process;
    /** How often it was told of a command; by it a timer knows that nothing has happened since. */
    private long begun;

    public Watchdog(ShellPrograms programs, ShellThreads threads) {
        this.programs = programs;
        this.threads = threads;
    }

    /** Before a command is started. */
    synchronized void begin(String id, LimitMark limit) throws ToolFailure {
        begun++;
        open.put(id, limit);
        try {
            Process running = process;
            if (running == null || !running.isAlive() || !tell(running, "begin", id, limit)) {
                startAnew();
            }
        } catch (IOException failure) {
            LOG.warn("commands would go on if this server were killed: {}", failure.toString());
        }
    }

    /** When nothing is left of it. */
    synchronized void end(String id) {
        LimitMark limit = open.remove(id);
        Process running = process;
        if (limit == null || running == null) {
            return;
        }
        if (!tell(running, "end", id, limit)) {
            LOG.debug("the watchdog was gone before the command it watched");
        }
        if (open.isEmpty()) {
            long known = begun;
            threads.after(IDLE, () -> rest(known));
        }
    }

    /** The shell, if there is one now. */
    synchronized @Nullable ProcessHandle shell() {
        return process == null ? null : process.toHandle();
    }

    private synchronized void rest(long known) {
        if (known == begun && open.isEmpty()) {
            letGo();
        }
    }

    private void startAnew() throws ToolFailure, IOException {
        letGo();
        List<String> words = new ArrayList<>(programs.prefix());
        words.add(SCRIPT);
        ProcessBuilder builder = new ProcessBuilder(words)
                .directory(Path.of("/").toFile())
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD);
        builder.environment().clear();
        builder.environment().put("PATH", ShellPrograms.USUAL_DIRECTORIES);
        Process fresh = builder.start();
        process = fresh;
        open.forEach((id, limit) -> tell(fresh, "begin", id, limit));
    }

    /** Ends the pipe, as the end of this process does. */
    synchronized void letGo() {
        Process old = process;
        process = null;
        if (old != null) {
            try {
                old.getOutputStream().close();
            } catch (IOException gone) {
                LOG.debug("the watchdog was gone before it was let go");
            }
        }
    }

    private static boolean tell(Process running, String what, String id, LimitMark limit) {
        try {
            OutputStream pipe = running.getOutputStream();
            pipe.write((what + " " + id + " " + limit.number() + "\n").getBytes(StandardCharsets.UTF_8));
            pipe.flush();
            return true;
        } catch (IOException gone) {
            return false;
        }
    }
}
