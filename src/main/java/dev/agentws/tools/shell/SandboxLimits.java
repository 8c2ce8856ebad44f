package dev.agentws.tools.shell;

/**
 * What a sandbox allows. Immutable.
 *
 * @param network whether commands reach the network, this machine's own services included
 * @param lastingTemp whether {@code /tmp} is a directory on disk that lasts for the session and has no cap but {@code fileBytes} for
 *     each file, or one in memory for each command
 * @param tempBytes the most each of the private directories in memory holds
 * @param maxProcesses processes and threads of one session at one time
 * @param memoryBytes the most memory of one session's commands together
 * @param fileBytes the largest file a command can write
 */
public record SandboxLimits(
        boolean network, boolean lastingTemp, long tempBytes, int maxProcesses, long memoryBytes, long fileBytes) {
    private static final long MEBI = 1 << 20;

    public SandboxLimits {
        requireAtLeast("tempBytes", tempBytes, MEBI);
        requireAtLeast("maxProcesses", maxProcesses, 16);
        requireAtLeast("memoryBytes", memoryBytes, 64 * MEBI);
        requireAtLeast("fileBytes", fileBytes, MEBI);
    }

    /** No network, a {@code /tmp} for each command, 256 MiB, 512 processes, 4 GiB of memory, files of 8 GiB. */
    public static SandboxLimits defaults() {
        return new SandboxLimits(false, false, 256 * MEBI, 512, 4_096 * MEBI, 8_192 * MEBI);
    }

    /** The same with or without the network. */
    public SandboxLimits withNetwork(boolean allowed) {
        return new SandboxLimits(allowed, lastingTemp, tempBytes, maxProcesses, memoryBytes, fileBytes);
    }

    /** The same with a {@code /tmp} that lasts for the session or for each command only. */
    public SandboxLimits withLastingTemp(boolean lasting) {
        return new SandboxLimits(network, lasting, tempBytes, maxProcesses, memoryBytes, fileBytes);
    }

    private static void requireAtLeast(String name, long value, long least) {
        if (value < least) {
            throw new IllegalArgumentException(name + ": " + value + " (expected: at least " + least + ")");
        }
    }
}
