package dev.agentws.benchmarks.load;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Reads from outside what a process and its descendants have used. Linux. */
final class ProcessTree {
    /** The unit of the processor times in /proc, fixed by Linux for user space. */
    private static final double TICKS_PER_SECOND = 100;

    private static final int USER_TIME = 11;
    private static final int CHILDREN_SYSTEM_TIME = 14;

    /**
     * At one moment.
     *
     * @param cpuSeconds user and system time, ended children included
     * @param rssKb resident memory
     * @param pssKb the same with shared pages divided among those who share them; 0 if it was not asked for or is not shown
     */
    record Sample(double cpuSeconds, long rssKb, long pssKb) {
        static final Sample NONE = new Sample(0, 0, 0);
    }

    private final long pid;

    /** @param pid 0 for a process that nobody knows: all its samples are empty */
    ProcessTree(long pid) {
        this.pid = pid;
    }

    boolean known() {
        return pid > 0;
    }

    /** @param pss also adds up every mapping, which stops the process for some milliseconds */
    Sample sample(boolean pss) {
        ProcessHandle root = known() ? ProcessHandle.of(pid).orElse(null) : null;
        if (root == null) {
            return Sample.NONE;
        }
        double cpu = 0;
        long rss = 0;
        long shared = 0;
        List<Long> pids = Stream.concat(Stream.of(root), root.descendants())
                .map(ProcessHandle::pid)
                .toList();
        for (long each : pids) {
            cpu += cpuSeconds(each);
            rss += kilobytes(each, "status", "VmRSS:");
            shared += pss ? kilobytes(each, "smaps_rollup", "Pss:") : 0;
        }
        return new Sample(cpu, rss, shared);
    }

    private static double cpuSeconds(long pid) {
        try {
            String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
            // The name in brackets may hold anything, so the fields are counted from behind it.
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
            long ticks = 0;
            for (int i = USER_TIME; i <= CHILDREN_SYSTEM_TIME; i++) {
                ticks += Long.parseLong(fields[i]);
            }
            return ticks / TICKS_PER_SECOND;
        } catch (IOException e) {
            return 0; // ended since the list was made
        }
    }

    private static long kilobytes(long pid, String file, String field) {
        try (Stream<String> lines = Files.lines(Path.of("/proc/" + pid + "/" + file))) {
            return lines.filter(line -> line.startsWith(field))
                    .map(line -> line.replaceAll("[^0-9]", ""))
                    .mapToLong(Long::parseLong)
                    .findFirst()
                    .orElse(0);
        } catch (IOException | RuntimeException e) {
            return 0; // ended, or not ours to look at
        }
    }
}
