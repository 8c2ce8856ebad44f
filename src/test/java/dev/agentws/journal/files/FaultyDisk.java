package dev.agentws.journal.files;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A disk whose power can be cut: from then on nothing works, and what was never forced can be taken away. Also fails on demand. */
final class FaultyDisk implements Disk {
    private final Disk disk = new LocalDisk(true);
    private final Map<Path, Long> forced = new LinkedHashMap<>();
    /** How to undo names that no sync of their directory has brought to the disk. */
    private final Map<Path, List<Undo>> names = new LinkedHashMap<>();

    private boolean forgetful;
    private long operations;
    private long cutAt = Long.MAX_VALUE;
    private @Nullable IOException writeFailure;
    private @Nullable IOException forceFailure;
    private @Nullable IOException nameFailure;
    private long refused;
    private @Nullable Error bug;

    private interface Undo {
        void run() throws IOException;
    }

    /** Cuts the power at this operation, counted from the first. */
    synchronized void cutAt(long operation) {
        cutAt = operation;
    }

    synchronized boolean isCut() {
        return operations >= cutAt;
    }

    synchronized long operations() {
        return operations;
    }

    /** Writes half of what it is given and fails; null: works again. */
    synchronized void failWrites(@Nullable IOException failure) {
        writeFailure = failure;
    }

    /** A disk that forces nothing, and so is quick: for crashes that are made of copies. */
    static FaultyDisk quick() {
        FaultyDisk disk = new FaultyDisk();
        disk.forgetful = true;
        return disk;
    }

    /** Every operation ends as if something in this program were wrong; null: all works again. */
    synchronized void bug(@Nullable Error now) {
        bug = now;
    }

    synchronized void failForces(@Nullable IOException failure) {
        forceFailure = failure;
    }

    /** Renames and deletes nothing; null: works again. */
    synchronized void failNames(@Nullable IOException failure) {
        nameFailure = failure;
    }

    /** How many renames and deletions failed so. */
    synchronized long refused() {
        return refused;
    }

    /** Takes away what was never forced, or half of the bytes of it: a disk may have got some on its own. */
    synchronized void loseUnforced(boolean half) throws IOException {
        for (Map.Entry<Path, Long> file : forced.entrySet()) {
            if (Files.exists(file.getKey())) {
                try (FileChannel channel = FileChannel.open(file.getKey(), StandardOpenOption.WRITE)) {
                    long loose = channel.size() - file.getValue();
                    channel.truncate(file.getValue() + (half ? loose / 2 : 0));
                }
            }
        }
        for (List<Undo> undone : names.values()) {
            for (int i = undone.size() - 1; i >= 0; i--) {
                undone.get(i).run();
            }
        }
    }

    private void step() throws IOException {
        operations++;
        if (bug != null) {
            throw bug;
        }
        if (operations >= cutAt) {
            throw new IOException("no power");
        }
    }

    @Override
    public synchronized void createDirectories(Path directory) throws IOException {
        step();
        disk.createDirectories(directory);
    }

    @Override
    public synchronized Output create(Path file) throws IOException {
        step();
        Output output = disk.create(file);
        forced.put(file, 0L);
        named(file, () -> Files.deleteIfExists(file));
        return new Tracked(output, file);
    }

    @Override
    public synchronized Output append(Path file) throws IOException {
        step();
        return new Tracked(disk.append(file), file);
    }

    @Override
    public synchronized void move(Path from, Path to) throws IOException {
        step();
        refuseNames();
        disk.move(from, to);
        rename(from, to);
        named(to, () -> {
            if (Files.isDirectory(to)) {
                Files.move(to, from);
            }
        });
    }

    private void rename(Path from, Path to) {
        Map<Path, Long> moved = new LinkedHashMap<>();
        forced.forEach(
                (path, length) -> moved.put(path.startsWith(from) ? to.resolve(from.relativize(path)) : path, length));
        forced.clear();
        forced.putAll(moved);
    }

    private void named(Path path, Undo undo) {
        names.computeIfAbsent(path.resolveSibling(""), directory -> new ArrayList<>())
                .add(undo);
    }

    @Override
    public synchronized void delete(Path file) throws IOException {
        step();
        refuseNames();
        Long length = forced.remove(file);
        byte[] bytes = Files.isRegularFile(file) ? Files.readAllBytes(file) : null;
        disk.delete(file);
        if (bytes != null) {
            byte[] kept = length == null ? bytes : Arrays.copyOf(bytes, (int) Math.min(length, bytes.length));
            named(file, () -> comeBack(file, kept));
        }
    }

    private static void comeBack(Path file, byte[] bytes) throws IOException {
        if (Files.isDirectory(file.resolveSibling("")) && !Files.exists(file)) {
            Files.write(file, bytes);
        }
    }

    private void refuseNames() throws IOException {
        if (nameFailure != null) {
            refused++;
            throw nameFailure;
        }
    }

    @Override
    public synchronized void syncDirectory(Path directory) throws IOException {
        step();
        if (!forgetful) {
            disk.syncDirectory(directory);
        }
        names.remove(directory.resolve(""));
    }

    private final class Tracked implements Output {
        private final Output output;
        private final Path file;

        Tracked(Output output, Path file) {
            this.output = output;
            this.file = file;
        }

        @Override
        public void write(ByteBuffer bytes) throws IOException {
            synchronized (FaultyDisk.this) {
                step();
                if (writeFailure != null) {
                    ByteBuffer half = bytes.slice(bytes.position(), bytes.remaining() / 2);
                    output.write(half);
                    throw writeFailure;
                }
                output.write(bytes);
            }
        }

        @Override
        public void force() throws IOException {
            synchronized (FaultyDisk.this) {
                step();
                if (forceFailure != null) {
                    throw forceFailure;
                }
                if (!forgetful) {
                    output.force();
                }
                forced.computeIfPresent(current(), (path, length) -> size(path));
            }
        }

        /** Where the file lies now; its directory may have been renamed since it was opened. */
        private Path current() {
            if (Files.exists(file)) {
                return file;
            }
            return forced.keySet().stream()
                    .filter(path -> path.getFileName().equals(file.getFileName())
                            && made(path).equals(made(file)))
                    .findAny()
                    .orElse(file);
        }

        /** The name of the session's directory while it was made. */
        private static String made(Path path) {
            String name = path.resolveSibling("").getFileName().toString();
            return name.startsWith(".") ? name : ".new-" + name;
        }

        private static long size(Path path) {
            try {
                return Files.size(path);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public void truncate(long length) throws IOException {
            synchronized (FaultyDisk.this) {
                step();
                output.truncate(length);
                forced.computeIfPresent(current(), (path, known) -> Math.min(known, length));
            }
        }

        @Override
        public void close() throws IOException {
            output.close();
        }
    }
}
