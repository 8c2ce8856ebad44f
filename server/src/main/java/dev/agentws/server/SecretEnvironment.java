package dev.agentws.server;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Blots out the keys in the environment this process was started with, where {@code /proc/PID/environ} shows them to every process of
 * the same user, so also to the commands of agents that run without a sandbox. The process itself has its copy by then.
 *
 * <p>Only Linux has such a place; elsewhere this does nothing. It makes finding a key harder, not impossible: whoever may read the
 * process's memory can read everything.
 */
final class SecretEnvironment {
    /** The variables whose values are keys, or may hold one. */
    static final Set<String> NAMES = Set.of(
            "ANTHROPIC_API_KEY",
            "ANTHROPIC_AUTH_TOKEN",
            "ANTHROPIC_CUSTOM_HEADERS",
            "OTEL_EXPORTER_OTLP_HEADERS",
            "HTTPS_PROXY",
            "https_proxy");

    private static final Logger LOG = LoggerFactory.getLogger(SecretEnvironment.class);
    private static final Path STAT = Path.of("/proc/self/stat");
    private static final String MEMORY = "/proc/self/mem";
    /** Counted behind the name in brackets, which may itself hold anything (proc(5): fields 50 and 51). */
    private static final int ENV_START = 47;

    private SecretEnvironment() {}

    /** Blots the values out. After the environment has been read, because {@code System.getenv} copies it at the first call. */
    static void blotOut() {
        if (!Files.isReadable(STAT) || System.getenv().keySet().stream().noneMatch(NAMES::contains)) {
            return;
        }
        try (RandomAccessFile memory = new RandomAccessFile(MEMORY, "rw")) {
            String stat = Files.readString(STAT);
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
            long start = Long.parseLong(fields[ENV_START]);
            byte[] block = new byte[Math.toIntExact(Long.parseLong(fields[ENV_START + 1].strip()) - start)];
            memory.seek(start);
            memory.readFully(block);
            int at = 0;
            while (at < block.length) {
                int end = at;
                while (end < block.length && block[end] != 0) {
                    end++;
                }
                blotOut(memory, start, block, at, end);
                at = end + 1;
            }
        } catch (IOException | RuntimeException e) {
            // A kernel that forbids it: the documents say what holds without a sandbox.
            LOG.debug("the keys stay in the environment of this process", e);
        }
    }

    private static void blotOut(RandomAccessFile memory, long start, byte[] block, int from, int to)
            throws IOException {
        String entry = new String(block, from, to - from, StandardCharsets.ISO_8859_1);
        int equals = entry.indexOf('=');
        if (equals > 0 && NAMES.contains(entry.substring(0, equals))) {
            byte[] stars = new byte[entry.length() - equals - 1];
            Arrays.fill(stars, (byte) '*');
            memory.seek(start + from + equals + 1);
            memory.write(stars);
        }
    }
}
