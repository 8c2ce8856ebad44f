package dev.agentws.tools.files;

import java.nio.file.Path;
import java.util.List;

/**
 * The trees that are no disk but the running system: devices, and what the kernel tells about processes, the server's own
 * environment with its keys among it. Nobody can permit those to a model by a yes to a search of {@code /}.
 */
final class KernelFiles {
    private static final List<Path> TREES = List.of(Path.of("/proc"), Path.of("/sys"), Path.of("/dev"));

    /** A directory of memory that anybody works in, though it lies among the devices. */
    private static final Path SHARED_MEMORY = Path.of("/dev/shm");

    private KernelFiles() {}

    static boolean hold(Path real) {
        return TREES.stream().anyMatch(real::startsWith);
    }

    /** Whether a session's directory of that path can be worked in; a session of {@code /proc} would look at the server's own keys. */
    static boolean canHold(Path sessionDirectory) {
        return sessionDirectory.startsWith(SHARED_MEMORY);
    }
}
