package dev.agentws.tools.shell;

import dev.agentws.tools.call.ToolFailure;
import java.io.File;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Starts commands with the rights of the server. */
final class PlainStarter implements CommandStarter {
    private final ShellPrograms programs;
    private final Watchdog watchdog;
    private final Map<String, String> environment;

    PlainStarter(ShellPrograms programs, Watchdog watchdog, Map<String, String> environment) {
        this.programs = programs;
        this.watchdog = watchdog;
        this.environment = environment;
    }

    @Override
    public Started start(Call call) throws IOException, ToolFailure {
        List<String> words = new ArrayList<>(programs.prefix());
        LimitMark limit = LimitMark.of(call.id());
        words.add(limit.script() + ShellScript.of(call.command(), call.told()));
        ProcessBuilder builder = new ProcessBuilder(words)
                .directory(call.directory().toFile())
                .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")));
        Map<String, String> its = builder.environment();
        its.clear();
        its.putAll(environment);
        its.put("PWD", call.directory().toString());
        its.put(ChildEnvironment.MARK, call.id());
        watchdog.begin(call.id(), limit);
        Adopters adopters = Adopters.before();
        try {
            Process process = builder.start();
            ProcessHunt hunt = new ProcessHunt(process, call.mark(), limit, adopters);
            return new Started(process, hunt, () -> watchdog.end(call.id()));
        } catch (IOException | RuntimeException notStarted) {
            watchdog.end(call.id());
            throw notStarted;
        }
    }

    @Override
    public void close() {
        // Nothing of a session is kept here.
    }
}
