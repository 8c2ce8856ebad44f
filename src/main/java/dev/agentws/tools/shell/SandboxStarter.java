package dev.agentws.tools.shell;

import dev.agentws.tools.call.ToolFailure;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Starts the commands of one session in bubblewrap. A small shell joins the control groups and becomes {@code bwrap}; that has an
 * environment of its own with nothing in it but the mark, because the sandbox can read it. What the command's environment holds
 * reaches it through a private file, and never a command line, which other users of the machine can read.
 */
final class SandboxStarter implements CommandStarter {
    /** Bash is a child of the sandbox's first process and not that itself, because the kernel keeps most signals from a first process. */
    private static final String FIRST_PROCESS = "\"$0\" -c \"$1\"; exit $?";

    private static final int BLOCK_BYTES = 512;

    private final Bubblewrap.Parts parts;
    private final SessionFiles files;
    private final List<Path> directories;
    private final Map<String, String> environment;
    private final String name;
    private @Nullable String launch;
    private @Nullable Path arguments;

    /**
     * @param directories those a command may write to, the working directory among them; real
     * @param name one that no other session of this server has
     */
    SandboxStarter(
            Bubblewrap sandbox,
            SessionFiles files,
            List<Path> directories,
            Map<String, String> environment,
            String name) {
        this.parts = sandbox.parts();
        this.files = files;
        this.directories = directories;
        this.environment = environment;
        this.name = Leftovers.name(name);
    }

    /** What replaces variables of the server's environment that lead outside. */
    static Map<String, String> surroundings() {
        return Map.of("HOME", SandboxMounts.HOME.toString(), "TMPDIR", "/tmp", "USER", "agent");
    }

    @Override
    public Started start(Call call) throws IOException, ToolFailure {
        List<String> words = new ArrayList<>(List.of(parts.shell().toString(), "-c", launch() + own(call), "sh"));
        words.add(ShellScript.of(call.command(), SandboxMounts.TOLD));
        ProcessBuilder builder = new ProcessBuilder(words)
                .directory(new File("/"))
                .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")));
        builder.environment().clear();
        builder.environment().put(ChildEnvironment.MARK, call.id());
        Process process = builder.start();
        ProcessHunt thorough = new ProcessHunt(process, call.mark(), LimitMark.NONE, null);
        // With the server the sandbox ends by itself, so nobody else has to know of the command.
        return new Started(process, new SandboxHunt(process, thorough), () -> {});
    }

    @Override
    public synchronized void close() {
        ControlGroups groups = parts.groups();
        if (launch != null && groups != null) {
            groups.remove(name);
        }
        launch = null;
    }

    /** The beginning of the line, the same for all commands of the session. */
    private synchronized String launch() throws IOException, ToolFailure {
        String known = launch;
        Path written = arguments;
        if (known != null && written != null && Files.exists(written)) {
            return known;
        }
        for (Path directory : directories) {
            if (!SandboxMounts.shareable(directory)) {
                throw new ToolFailure(directory + ": cannot be the working directory of a sandboxed command"
                        + " (expected: a directory that does not hold the whole system)");
            }
        }
        StringBuilder line = new StringBuilder(
                "{ ulimit -c 0; ulimit -f " + parts.limits().fileBytes() / BLOCK_BYTES + "; } 2>/dev/null; ");
        ControlGroups groups = parts.groups();
        if (groups != null) {
            for (Path door : groups.open(name)) {
                line.append("echo 0 > ")
                        .append(ShellScript.quoted(door.toString()))
                        .append(" || exit 126; ");
            }
        }
        line.append("exec ").append(ShellScript.quoted(parts.program().toString()));
        byte[] filter = parts.filter();
        if (filter != null) {
            Path file = Files.write(files.file("filter"), filter);
            line.append(" --seccomp 3 3< ").append(ShellScript.quoted(file.toString()));
        }
        Path file = Files.write(
                files.file("arguments"), String.join("\0", arguments()).getBytes(StandardCharsets.UTF_8));
        arguments = file;
        line.append(" 4< ").append(ShellScript.quoted(file.toString())).append(" --args 4");
        launch = line.toString();
        return launch;
    }

    private List<String> arguments() throws IOException {
        List<String> words = new ArrayList<>(parts.words());
        String ids = ":" + after(words, "--uid") + ":" + after(words, "--gid") + ":";
        account(words, "passwd", "agent:x" + ids + "agent:" + SandboxMounts.HOME + ":" + parts.bash() + "\n");
        account(words, "group", "agent:x:" + after(words, "--gid") + ":\n");
        Path outputs = Files.createDirectories(files.outputs());
        List<String> closing = temporary(words, outputs);
        words.addAll(SandboxMounts.writable(directories));
        SandboxMounts.readOnly(words, outputs);
        words.addAll(closing);
        environment.forEach((variable, value) -> words.addAll(List.of("--setenv", variable, value)));
        return words;
    }

    private List<String> temporary(List<String> words, Path outputs) throws IOException {
        if (!parts.limits().lastingTemp()) {
            SandboxMounts.memory(words, "/tmp", parts.limits().tempBytes());
            return List.of();
        }
        List<Path> inside = new ArrayList<>(directories);
        inside.add(outputs);
        return SandboxMounts.lastingTemp(
                words, files.temporary(), inside, parts.limits().tempBytes());
    }

    private void account(List<String> words, String file, String content) throws IOException {
        Path path = Files.writeString(files.file(file), content);
        words.addAll(List.of("--ro-bind", path.toString(), "/etc/" + file));
    }

    private static String after(List<String> words, String option) {
        return words.get(words.indexOf(option) + 1);
    }

    /** The end of the line, which differs from command to command. */
    private String own(Call call) {
        List<String> words = new ArrayList<>();
        directories.forEach(directory -> words.addAll(SandboxMounts.guarded(directory)));
        words.addAll(List.of("--bind", call.told().toString(), SandboxMounts.TOLD.toString()));
        words.addAll(List.of("--remount-ro", "/", "--chdir", call.directory().toString()));
        words.addAll(List.of("--setenv", ChildEnvironment.MARK, call.id(), "--"));
        words.addAll(List.of(
                parts.shell().toString(), "-c", FIRST_PROCESS, parts.bash().toString()));
        StringBuilder line = new StringBuilder();
        words.forEach(word -> line.append(' ').append(ShellScript.quoted(word)));
        return line.append(" \"$1\"").toString();
    }
}
