package dev.agentws.journal.files;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Keeps beside a file what a recovery cuts off it. */
final class Remains {
    private static final int PIECE = 64 << 10;

    private Remains() {}

    /** A name that nothing has yet. */
    static Path free(Path file, String mark) {
        int number = 1;
        Path free;
        do {
            free = file.resolveSibling(file.getFileName() + mark + number++);
        } while (Files.exists(free));
        return free;
    }

    /** Copies what lies behind this place. @return where to */
    static Path keep(Disk disk, Path file, long from) throws IOException {
        Path kept = free(file, ".cut-");
        try (FileChannel source = FileChannel.open(file, StandardOpenOption.READ);
                Disk.Output to = disk.create(kept)) {
            ByteBuffer bytes = ByteBuffer.allocate((int) Math.min(PIECE, source.size() - from));
            long position = from;
            while (source.read(bytes.clear(), position) > 0) {
                position += bytes.position();
                to.write(bytes.flip());
            }
            to.force();
        }
        disk.syncDirectory(file.resolveSibling(""));
        return kept;
    }
}
