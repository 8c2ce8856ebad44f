package dev.agentws.tools.shell;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/** What of this machine's files a sandbox shows, as words for {@code bwrap}. */
final class SandboxMounts {
    /** Where the sandbox has a command write the directory it ended in. */
    static final Path TOLD = Path.of("/run/agentws/cwd");

    static final Path HOME = Path.of("/home/agent");

    private static final Path TEMP = Path.of("/tmp");

    private static final List<String> SYSTEM =
            List.of("usr", "bin", "sbin", "lib", "lib32", "lib64", "libx32", "opt", "nix");

    /** Whether every sandbox shows a program of that path; a shell of somebody's own that is first on the PATH is not there. */
    static boolean shows(Path program) {
        return SYSTEM.stream().anyMatch(name -> program.startsWith("/" + name));
    }

    /** What programs read to run at all. Nothing of it holds secrets, as whole directories of /etc do. */
    private static final List<String> ETC = List.of(
            "alternatives",
            "ca-certificates",
            "crypto-policies",
            "debian_version",
            "fonts",
            "host.conf",
            "inputrc",
            "java",
            "ld.so.cache",
            "ld.so.conf",
            "ld.so.conf.d",
            "locale.alias",
            "locale.conf",
            "localtime",
            "magic",
            "magic.mime",
            "manpath.config",
            "maven",
            "mime.types",
            "nsswitch.conf",
            "os-release",
            "pki/ca-trust",
            "pki/tls/certs",
            "protocols",
            "services",
            "shells",
            "ssl/certs",
            "ssl/openssl.cnf",
            "terminfo",
            "timezone");

    private static final List<String> ETC_NETWORK = List.of("gai.conf", "hosts", "resolv.conf");

    /**
     * Files in a session's directories through which a later program, outside of any sandbox, could be made to run what a command left
     * there. Those that exist are shown read-only.
     */
    private static final List<String> PROTECTED = List.of(
            ".git/hooks",
            ".git/config",
            ".git/config.worktree",
            ".claude/settings.json",
            ".claude/settings.local.json",
            ".claude/hooks",
            ".mcp.json",
            ".envrc",
            ".gitconfig",
            ".bashrc",
            ".bash_profile",
            ".bash_login",
            ".bash_logout",
            ".profile",
            ".zshrc",
            ".zshenv",
            ".zprofile",
            ".zlogin",
            ".ripgreprc");

    private static final List<Path> KERNEL = List.of(Path.of("/proc"), Path.of("/sys"), Path.of("/dev"));

    private SandboxMounts() {}

    /** The system, read-only. Touches the disk. */
    static List<String> system(boolean network) throws IOException {
        List<String> words = new ArrayList<>();
        for (String name : SYSTEM) {
            Path path = Path.of("/", name);
            if (Files.isSymbolicLink(path)) {
                words.addAll(List.of("--symlink", Files.readSymbolicLink(path).toString(), path.toString()));
            } else if (Files.isDirectory(path)) {
                readOnly(words, path);
            }
        }
        List<String> etc = new ArrayList<>(ETC);
        if (network) {
            etc.addAll(ETC_NETWORK);
        }
        try (Stream<Path> entries = Files.list(Path.of("/etc"))) {
            entries.map(entry -> String.valueOf(entry.getFileName()))
                    .filter(name -> name.startsWith("java-"))
                    .forEach(etc::add);
        }
        for (String name : etc) {
            Path path = Path.of("/etc", name);
            if (Files.exists(path)) {
                readOnly(words, path);
            }
        }
        return words;
    }

    /** Directories a command may write to, the outer ones first. */
    static List<String> writable(List<Path> directories) {
        List<String> words = new ArrayList<>();
        directories.stream()
                .sorted(Comparator.comparingInt(Path::getNameCount))
                .forEach(directory -> bind(words, directory));
        return words;
    }

    /** An empty directory that goes with the command. */
    static void memory(List<String> words, String place, long bytes) {
        words.addAll(List.of("--size", "" + bytes, "--tmpfs", place));
    }

    /**
     * Has {@code /tmp} last. What is mounted deeper in it gets its way there from memory, anew for each command, behind a name that is a
     * mount itself: a command could put a link in place of a directory on the way, and lead the next one's mounts outside.
     *
     * @param kept a directory for the session's commands alone
     * @param inside all that will be mounted
     * @return what to close once all is mounted
     */
    static List<String> lastingTemp(List<String> words, Path kept, List<Path> inside, long bytes) throws IOException {
        words.addAll(List.of("--bind", kept.toString(), TEMP.toString()));
        List<String> closing = new ArrayList<>();
        for (Path way : ways(inside)) {
            Files.createDirectories(kept.resolve(TEMP.relativize(way)));
            if (!inside.contains(way)) {
                memory(words, way.toString(), bytes);
                closing.addAll(List.of("--remount-ro", way.toString()));
            }
        }
        return closing;
    }

    /** The first name below the temporary directory of everything that is below it. */
    private static Set<Path> ways(List<Path> inside) {
        Set<Path> ways = new TreeSet<>();
        for (Path path : inside) {
            if (path.startsWith(TEMP) && !path.equals(TEMP)) {
                ways.add(TEMP.resolve(path.getName(TEMP.getNameCount())));
            }
        }
        return ways;
    }

    /** Whether a directory can be handed to a sandbox: some would hand it the machine. */
    static boolean shareable(Path directory) {
        return directory.getNameCount() > 0 && KERNEL.stream().noneMatch(directory::startsWith);
    }

    /**
     * The protected entries of a directory. The directories on the way to them are mounted on themselves, because what is a mount cannot
     * be renamed out of the way.
     */
    static List<String> guarded(Path directory) {
        List<String> words = new ArrayList<>();
        List<Path> pinned = new ArrayList<>();
        for (String name : PROTECTED) {
            Path entry = directory.resolve(name);
            Path parent = entry.getParent();
            if (parent == null || !plain(parent) || !plain(entry)) {
                continue;
            }
            if (!parent.equals(directory) && !pinned.contains(parent)) {
                pinned.add(parent);
                bind(words, parent);
            }
            readOnly(words, entry);
        }
        return words;
    }

    private static void bind(List<String> words, Path path) {
        words.addAll(List.of("--bind", path.toString(), path.toString()));
    }

    static void readOnly(List<String> words, Path path) {
        words.addAll(List.of("--ro-bind", path.toString(), path.toString()));
    }

    /** Not a link: where that leads is the choice of whoever made it. */
    private static boolean plain(Path path) {
        return Files.exists(path, LinkOption.NOFOLLOW_LINKS) && !Files.isSymbolicLink(path);
    }
}
