package dev.agentws.agent.permission;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Programs that only run another command, which is the one that rules are about. */
final class Wrappers {
    private static final Set<String> PLAIN = Set.of("nohup", "noglob", "builtin", "command", "xargs");
    /** Options of the others whose value is a word of its own. */
    private static final Map<String, Set<String>> WITH_VALUE = Map.of(
            "timeout", Set.of("-k", "-s", "--kill-after", "--signal"),
            "nice", Set.of("-n", "--adjustment"),
            "stdbuf", Set.of("-i", "-o", "-e", "--input", "--output", "--error"),
            "time", Set.of());

    private static final Pattern OPTION = Pattern.compile("-[A-Za-z0-9].*|--[a-z-]+(=.*)?");
    private static final Pattern DURATION = Pattern.compile("[0-9.]+[smhd]?");

    /** What is run by these does not stand in the rule for the inner command; still, what forbids looks at it. */
    private static final Set<String> RUNNERS = Set.of(
            "sudo",
            "doas",
            "env",
            "exec",
            "xargs",
            "watch",
            "setsid",
            "ionice",
            "flock",
            "chroot",
            "unshare",
            "nsenter",
            "su",
            "runuser",
            "parallel",
            "busybox",
            "toybox",
            "npx",
            "docker",
            "podman",
            "direnv",
            "mise",
            "devbox",
            "find",
            "eval",
            "trap",
            "command",
            "builtin",
            "nohup",
            "nice",
            "timeout",
            "time",
            "stdbuf",
            "noglob",
            "strace",
            "ltrace",
            "script",
            "coproc",
            "chronic",
            "systemd-run",
            "caffeinate",
            "taskset",
            "chrt",
            "setpriv");

    private static final Set<String> SHELLS = Set.of("sh", "bash", "dash", "zsh", "ksh", "ash", "fish", "eval", "trap");

    private Wrappers() {}

    /** The command without its first wrapper, or null when there is none that can be seen through. */
    static @Nullable CommandPart strip(CommandPart part) {
        List<Word> words = part.words();
        if (words.size() < 2 || !words.get(0).plain()) {
            return null;
        }
        String name = words.get(0).text();
        if (PLAIN.contains(name)) {
            return words.get(1).raw().startsWith("-") ? null : part.from(1);
        }
        Set<String> withValue = WITH_VALUE.get(name);
        if (withValue == null) {
            return null;
        }
        int at = 1;
        while (at < words.size()
                && words.get(at).plain()
                && OPTION.matcher(words.get(at).text()).matches()) {
            at += withValue.contains(words.get(at).text()) ? 2 : 1;
        }
        if (name.equals("timeout")) {
            if (at >= words.size() || !DURATION.matcher(words.get(at).text()).matches()) {
                return null;
            }
            at++;
        }
        return at < words.size() ? part.from(at) : null;
    }

    static boolean isXargs(CommandPart part) {
        return part.program().equals("xargs");
    }

    static boolean runsOthers(CommandPart part) {
        return RUNNERS.contains(part.program());
    }

    /** Whether a word of it may be a script, as in {@code bash -c 'rm x'}. */
    static boolean takesScript(CommandPart part) {
        return SHELLS.contains(part.program());
    }

    /** Whether a pattern with stars says too little about it: it runs or removes whatever its other words say. */
    static boolean wantsExactRule(CommandPart part) {
        switch (part.program()) {
            case "watch":
            case "setsid":
            case "ionice":
            case "flock":
                return true;
            case "find":
                return part.words().stream().anyMatch(word -> !word.plain() || FindReading.acts(word.text()));
            default:
                return false;
        }
    }
}
