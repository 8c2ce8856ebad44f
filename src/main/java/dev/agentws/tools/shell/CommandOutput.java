package dev.agentws.tools.shell;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a command has printed: its two ends in memory, and all of it in a file as soon as memory does not hold all of it or somebody
 * wants a file. Written by one thread at a time; the file and its length may be read by others.
 */
final class CommandOutput {
    private static final Logger LOG = LoggerFactory.getLogger(CommandOutput.class);

    private final OutputExcerpt excerpt;
    private final int inMemory;
    private final SessionFiles files;
    private final String name;
    private @Nullable OutputStream stream;
    private volatile @Nullable Path file;
    private final AtomicLong fileBytes = new AtomicLong();
    private boolean failed;

    /**
     * @param inMemory chars beyond which the file is made
     * @param name of the file
     */
    CommandOutput(int inMemory, SessionFiles files, String name) {
        excerpt = new OutputExcerpt(inMemory);
        this.inMemory = inMemory;
        this.files = files;
        this.name = name;
    }

    void add(String piece) {
        if (stream == null && excerpt.total() + piece.length() > inMemory) {
            keepInFile();
        }
        excerpt.add(piece);
        write(piece);
    }

    /** Has all of it in a file from now on. */
    void keepInFile() {
        if (file != null || failed) {
            return;
        }
        try {
            Path path = files.output(name);
            stream = Files.newOutputStream(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
            file = path;
            // Up to here memory holds all of it.
            write(excerpt.text(inMemory));
        } catch (IOException failure) {
            fail(failure);
        }
    }

    private void write(String piece) {
        OutputStream open = stream;
        if (open == null || piece.isEmpty()) {
            return;
        }
        try {
            byte[] bytes = piece.getBytes(StandardCharsets.UTF_8);
            open.write(bytes);
            fileBytes.addAndGet(bytes.length);
        } catch (IOException failure) {
            fail(failure);
        }
    }

    private void fail(IOException failure) {
        LOG.warn("the output of a command is not kept in a file: {}", failure.toString());
        failed = true;
        close();
    }

    /** No more comes. */
    void close() {
        OutputStream open = stream;
        stream = null;
        if (open != null) {
            try {
                open.close();
            } catch (IOException failure) {
                LOG.warn("the end of a command's output may be missing in its file: {}", failure.toString());
            }
        }
    }

    OutputExcerpt excerpt() {
        return excerpt;
    }

    /** Null while there is none. */
    @Nullable
    Path file() {
        return file;
    }

    /** Where the file is, in words. */
    String place() {
        Path path = file;
        return path == null ? "nowhere, because it could not be written" : path.toString();
    }

    /** Bytes in the file that are there for good, whole characters only. */
    long fileBytes() {
        return fileBytes.get();
    }

    /** Whether the file holds all of it, or there is none. */
    boolean complete() {
        return !failed;
    }
}
