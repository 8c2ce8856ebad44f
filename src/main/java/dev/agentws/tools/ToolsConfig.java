package dev.agentws.tools;

import dev.agentws.tools.search.WalkBounds;
import dev.agentws.tools.shell.CommandLimits;
import dev.agentws.tools.shell.Sandbox;
import dev.agentws.tools.shell.Uncontained;
import dev.agentws.tools.web.WebBounds;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Set;

/**
 * What the built-in tools may use and where they stop. Immutable.
 *
 * @param parentEnvironment the environment commands inherit from, before {@code allowedEnvironment} filters it
 * @param allowedEnvironment names that pass the filter; a trailing {@code *} stands for any rest. An allow-list, because a
 *     server's environment holds its keys
 * @param tempDirectory an existing directory for the private files of sessions, links resolved
 * @param sandbox what keeps commands in
 * @param readTokenCap the most one Read answers, in tokens estimated as bytes / 4
 * @param globLimit the most files one Glob lists
 * @param grepHeadLimit the lines or files of one Grep unless the call says otherwise
 */
public record ToolsConfig(
        Map<String, String> parentEnvironment,
        Set<String> allowedEnvironment,
        Path tempDirectory,
        Sandbox sandbox,
        BashLimits bash,
        WalkLimits walk,
        WebLimits web,
        int readTokenCap,
        int globLimit,
        int grepHeadLimit) {

    /** The names that commands need to behave as in a terminal, none of which carries a secret. */
    public static final Set<String> DEFAULT_ENVIRONMENT =
            Set.of("PATH", "HOME", "LANG", "LC_*", "TERM", "TMPDIR", "USER", "SHELL", "TZ");

    public ToolsConfig {
        parentEnvironment = Map.copyOf(parentEnvironment);
        allowedEnvironment = Set.copyOf(allowedEnvironment);
        if (!tempDirectory.isAbsolute()) {
            throw new IllegalArgumentException("tempDirectory: " + tempDirectory + " (expected: an absolute path)");
        }
        requireAtLeast("readTokenCap", readTokenCap, 1_000);
        requireAtLeast("globLimit", globLimit, 1);
        requireAtLeast("grepHeadLimit", grepHeadLimit, 1);
    }

    /** The usual limits, and no sandbox. */
    public static ToolsConfig defaults(Map<String, String> parentEnvironment, Path tempDirectory) {
        return new ToolsConfig(
                parentEnvironment,
                DEFAULT_ENVIRONMENT,
                tempDirectory,
                Uncontained.NONE,
                BashLimits.defaults(),
                WalkLimits.defaults(),
                WebLimits.defaults(),
                25_000,
                100,
                250);
    }

    /** These settings with something else to keep commands in. */
    public ToolsConfig withSandbox(Sandbox other) {
        return new ToolsConfig(
                parentEnvironment,
                allowedEnvironment,
                tempDirectory,
                other,
                bash,
                walk,
                web,
                readTokenCap,
                globLimit,
                grepHeadLimit);
    }

    /** These settings with other limits for commands. */
    public ToolsConfig withBash(BashLimits limits) {
        return new ToolsConfig(
                parentEnvironment,
                allowedEnvironment,
                tempDirectory,
                sandbox,
                limits,
                walk,
                web,
                readTokenCap,
                globLimit,
                grepHeadLimit);
    }

    /** These settings with other limits for walks through the tree. */
    public ToolsConfig withWalk(WalkLimits limits) {
        return new ToolsConfig(
                parentEnvironment,
                allowedEnvironment,
                tempDirectory,
                sandbox,
                bash,
                limits,
                web,
                readTokenCap,
                globLimit,
                grepHeadLimit);
    }

    /**
     * Where commands stop. Immutable.
     *
     * @param defaultTimeout of a call that names none
     * @param maxTimeout the most a call may ask for
     * @param backgroundTimeout the life of a command in the background that names none
     * @param maxBackgroundTimeout the longest life in the background
     * @param killGrace between the polite signal and the one that cannot be refused
     * @param inlineChars the most output of a command that succeeded
     * @param failureChars the most output of a command that failed
     * @param liveChars the most output that is shown live
     * @param totalChars output after which the command is killed, in the background too
     */
    public record BashLimits(
            Duration defaultTimeout,
            Duration maxTimeout,
            Duration backgroundTimeout,
            Duration maxBackgroundTimeout,
            Duration killGrace,
            int inlineChars,
            int failureChars,
            long liveChars,
            long totalChars)
            implements CommandLimits {
        public BashLimits {
            if (defaultTimeout.isNegative() || defaultTimeout.isZero() || defaultTimeout.compareTo(maxTimeout) > 0) {
                throw new IllegalArgumentException("defaultTimeout: " + defaultTimeout
                        + " (expected: above zero, at most maxTimeout " + maxTimeout + ")");
            }
            if (backgroundTimeout.isNegative()
                    || backgroundTimeout.isZero()
                    || backgroundTimeout.compareTo(maxBackgroundTimeout) > 0) {
                throw new IllegalArgumentException("backgroundTimeout: " + backgroundTimeout
                        + " (expected: above zero, at most maxBackgroundTimeout " + maxBackgroundTimeout + ")");
            }
            if (killGrace.isNegative()) {
                throw new IllegalArgumentException("killGrace: " + killGrace + " (expected: zero or more)");
            }
            requireAtLeast("failureChars", failureChars, 100);
            requireAtLeast("inlineChars", inlineChars, failureChars);
            requireAtLeast("liveChars", liveChars, 1);
            requireAtLeast("totalChars", totalChars, inlineChars);
        }

        /** 120 s, 600 s, half an hour, two hours, 0.5 s, 30,000, 10,000, 1 Mi, 64 Mi. */
        public static BashLimits defaults() {
            return new BashLimits(
                    Duration.ofMinutes(2),
                    Duration.ofMinutes(10),
                    Duration.ofMinutes(30),
                    Duration.ofHours(2),
                    // Short, because what a session started is gone within a second of its end.
                    Duration.ofMillis(500),
                    30_000,
                    10_000,
                    1 << 20,
                    64 << 20);
        }
    }

    /**
     * Where WebFetch stops. Immutable.
     *
     * @param ports that may be gone to; {@code http} becomes {@code https}, so 80 means 443
     * @param maxBytes taken of one page, after decompression
     * @param maxDuration for one page with all its redirects
     * @param cacheTime how long a page may be handed out again; zero for never
     * @param cacheChars kept for that at most, over all pages
     */
    public record WebLimits(Set<Integer> ports, int maxBytes, Duration maxDuration, Duration cacheTime, long cacheChars)
            implements WebBounds {
        public WebLimits {
            ports = Set.copyOf(ports);
            if (ports.isEmpty() || ports.stream().anyMatch(port -> port < 1 || port > 65_535)) {
                throw new IllegalArgumentException("ports: " + ports + " (expected: some from 1 to 65535)");
            }
            requireAtLeast("maxBytes", maxBytes, 1_024);
            if (maxDuration.isNegative() || maxDuration.isZero()) {
                throw new IllegalArgumentException("maxDuration: " + maxDuration + " (expected: above zero)");
            }
            if (cacheTime.isNegative()) {
                throw new IllegalArgumentException("cacheTime: " + cacheTime + " (expected: zero or more)");
            }
            requireAtLeast("cacheChars", cacheChars, 0);
        }

        /** Ports 80 and 443, 5 MiB, 20 s, 15 minutes, 16 Mi chars. */
        public static WebLimits defaults() {
            return new WebLimits(Set.of(80, 443), 5 << 20, Duration.ofSeconds(20), Duration.ofMinutes(15), 16 << 20);
        }
    }

    /**
     * Where Glob and Grep stop walking, so that a huge tree costs a note in the answer and not a worker. Immutable.
     *
     * @param maxEntries files and directories looked at
     * @param maxDepth directories below the start; each level holds one open file handle
     */
    public record WalkLimits(int maxEntries, int maxDepth, Duration maxDuration) implements WalkBounds {
        public WalkLimits {
            requireAtLeast("maxEntries", maxEntries, 1);
            requireAtLeast("maxDepth", maxDepth, 1);
            if (maxDuration.isNegative() || maxDuration.isZero()) {
                throw new IllegalArgumentException("maxDuration: " + maxDuration + " (expected: above zero)");
            }
        }

        /** 500,000 entries, 64 levels, 20 s. */
        public static WalkLimits defaults() {
            return new WalkLimits(500_000, 64, Duration.ofSeconds(20));
        }
    }

    private static void requireAtLeast(String name, long value, long least) {
        if (value < least) {
            throw new IllegalArgumentException(name + ": " + value + " (expected: at least " + least + ")");
        }
    }
}
