package dev.agentws.journal.files;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The file {@code ahead} in a directory: what was shown may be ahead of what is written there. At {@link Durability#FAST} a session has it
 * from before anything is shown until its book is closed in order, and the journal always, for those that have no directory yet.
 * Thread-safe.
 */
final class AheadMark {
    private static final String NAME = "ahead";

    private final Disk disk;

    AheadMark(Disk disk) {
        this.disk = disk;
    }

    boolean isOn(Path directory) {
        return Files.exists(directory.resolve(NAME));
    }

    /** Outlives a power cut once the directory is synced. */
    void put(Path directory) throws IOException {
        if (!isOn(directory)) {
            disk.create(directory.resolve(NAME)).close();
        }
    }

    /** A power cut may bring it back, and then takes more for lost than is. */
    void remove(Path directory) throws IOException {
        if (isOn(directory)) {
            disk.delete(directory.resolve(NAME));
        }
    }
}
