package dev.agentws.tools.files;

import java.nio.file.Path;
import java.util.List;

/**
 * The trees that are no disk but the running system: devices, and what the kernel tells about processes, the server's own
 * environment with its keys among it. Nobody can permit those to a model by a yes to a search of {@code /}.
 */
final class KernelFiles {
    private static final List<Path> TREES = List.of(Path.of("/proc"), Path.of("/sys"), Path.of("/dev"));

    private KernelFiles() {}

    static boolean hold(Path real) {
        return TREES.stream().anyMatch(real::startsWith);
    }
}
