package dev.agentws.tools.shell;

import dev.agentws.tools.call.ToolFailure;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The sandbox of bubblewrap, which was found to work on this machine: own name spaces, the system read-only, no capabilities, a filter
 * for system calls, caps by control groups where they can be had. Immutable.
 */
public final class Bubblewrap implements Sandbox {
    private static final long PROBE_SECONDS = 10;
    private static final int SHOWN_COMPLAINT_CHARS = 300;

    /**
     * Where to look and what to allow.
     *
     * @param environment the server's, of which {@code PATH} is read
     * @param tempDirectory existing; for the trial
     * @param machine the processor as the JDK names it ({@code os.arch})
     * @param controlGroups where the system has them, usually {@code /sys/fs/cgroup}
     */
    public record Search(
            Map<String, String> environment,
            Path tempDirectory,
            String machine,
            Path controlGroups,
            SandboxLimits limits) {}

    /**
     * What a search came to.
     *
     * @param sandbox null when there is none that works
     * @param remark why there is none, or what this one cannot do; null when all is well
     */
    public record Found(
            @Nullable Bubblewrap sandbox, @Nullable String remark) {}

    /** The parts that never change. */
    record Parts(
            Path program,
            Path shell,
            Path bash,
            List<String> words,
            byte @Nullable [] filter,
            @Nullable ControlGroups groups,
            SandboxLimits limits) {}

    private final Parts parts;

    private Bubblewrap(Parts parts) {
        this.parts = parts;
    }

    @Override
    public Kind kind() {
        return Kind.BUBBLEWRAP;
    }

    Parts parts() {
        return parts;
    }

    /** Looks for bubblewrap and tries it out. Starts processes and waits for them: once at the start, not on an event loop. */
    public static Found find(Search search) {
        try {
            return look(search);
        } catch (IOException | ToolFailure failure) {
            return new Found(null, Objects.requireNonNullElse(failure.getMessage(), failure.toString()));
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            return new Found(null, "interrupted while it was tried out");
        }
    }

    private static Found look(Search search) throws IOException, ToolFailure, InterruptedException {
        ShellPrograms programs = new ShellPrograms(search.environment());
        Path program = programs.program("bwrap");
        Path shell = programs.program("sh", SandboxMounts::shows);
        Path bash = programs.program("bash", SandboxMounts::shows);
        if (program == null) {
            return new Found(null, "bwrap (bubblewrap) is not installed");
        }
        if (shell == null || bash == null) {
            return new Found(null, "there is no bash among the programs of the system");
        }
        ControlGroups groups = ControlGroups.find(
                search.controlGroups(),
                Files.readAllLines(Path.of("/proc/self/cgroup")),
                search.limits(),
                Leftovers.name("trial"));
        byte[] filter = SyscallFilter.of(search.machine());
        String complaint = "";
        // Older ones lack the first option; some systems forbid it.
        for (List<String> extra : List.of(List.of("--unshare-user", "--disable-userns"), List.of("--unshare-user"))) {
            List<String> words = words(extra, search.limits());
            Bubblewrap found = new Bubblewrap(new Parts(program, shell, bash, words, filter, groups, search.limits()));
            complaint = found.trial(search.tempDirectory());
            if (complaint.isEmpty()) {
                return new Found(found, remark(groups, filter));
            }
        }
        return new Found(null, "bwrap does not work here: " + complaint);
    }

    private static @Nullable String remark(@Nullable ControlGroups groups, byte @Nullable [] filter) {
        if (groups == null) {
            return "processes and memory of commands are not capped, because control groups cannot be written";
        }
        return filter == null ? "system calls are not filtered on this kind of processor" : null;
    }

    private static List<String> words(List<String> extra, SandboxLimits limits) throws IOException {
        List<String> words = new ArrayList<>(List.of("--unshare-all"));
        words.addAll(extra);
        if (limits.network()) {
            words.add("--share-net");
        }
        int user = owner("uid");
        int group = owner("gid");
        // Not 0 inside either: programs that think they are root try what cannot work.
        words.addAll(List.of("--uid", "" + (user == 0 ? 1000 : user), "--gid", "" + (group == 0 ? 1000 : group)));
        words.addAll(List.of("--cap-drop", "ALL", "--die-with-parent", "--new-session", "--as-pid-1"));
        words.addAll(List.of("--hostname", "sandbox"));
        words.addAll(SandboxMounts.system(limits.network()));
        words.addAll(List.of("--proc", "/proc"));
        // The kernel lets root of the machine write there without any capability, and bubblewrap looks only for those
        // who have one.
        for (String place : List.of("/proc/sys", "/proc/sysrq-trigger", "/proc/mtrr")) {
            words.addAll(List.of("--ro-bind-try", place, place));
        }
        words.addAll(List.of("--dev", "/dev"));
        for (String place : List.of("/dev/shm", "/var/tmp", SandboxMounts.HOME.toString())) {
            SandboxMounts.memory(words, place, limits.tempBytes());
        }
        words.addAll(List.of("--remount-ro", "/dev"));
        return List.copyOf(words);
    }

    /** Of this process: 0 is root. */
    private static int owner(String which) throws IOException {
        return (Integer) Files.getAttribute(Path.of("/proc/self"), "unix:" + which);
    }

    /** Runs a command in it; gives the complaint, empty if there is none. */
    private String trial(Path tempDirectory) throws IOException, ToolFailure, InterruptedException {
        Path place = Files.createTempDirectory(tempDirectory, Leftovers.name("trial-"))
                .toRealPath();
        SessionFiles files = new SessionFiles(place, "trial");
        SandboxStarter starter =
                new SandboxStarter(this, files, List.of(place), Map.of("PATH", "/usr/bin:/bin"), "trial");
        try {
            Path told = Files.createFile(files.file("cwd"));
            Process process = starter.start(new CommandStarter.Call("trial", "true", place, told))
                    .process();
            if (!process.waitFor(PROBE_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                return "no answer within " + PROBE_SECONDS + " s";
            }
            String said = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8).strip();
            if (process.exitValue() == 0) {
                return "";
            }
            String line = said.lines().findFirst().orElse("exit code " + process.exitValue());
            return line.length() > SHOWN_COMPLAINT_CHARS ? line.substring(0, SHOWN_COMPLAINT_CHARS) : line;
        } finally {
            starter.close();
            files.delete();
            Files.deleteIfExists(place);
        }
    }
}
