package dev.agentws.tools.shell;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;

/** The sandbox of this machine, for tests that need one. */
public final class Sandboxes {
    private static final Bubblewrap.Found FOUND = find(SandboxLimits.defaults());

    private Sandboxes() {}

    static Bubblewrap.Found find(SandboxLimits limits) {
        return find("/usr/local/bin:/usr/bin:/bin", limits);
    }

    static Bubblewrap.Found find(String path, SandboxLimits limits) {
        return Bubblewrap.find(new Bubblewrap.Search(
                Map.of("PATH", path),
                Path.of("/tmp"),
                System.getProperty("os.arch"),
                Path.of("/sys/fs/cgroup"),
                limits));
    }

    /** Skips the test where there is none. */
    public static Bubblewrap require() {
        assumeTrue(FOUND.sandbox() != null, () -> "no sandbox: " + FOUND.remark());
        return Objects.requireNonNull(FOUND.sandbox());
    }

    /** What it cannot do, or why there is none. */
    static String remark() {
        return String.valueOf(FOUND.remark());
    }
}
