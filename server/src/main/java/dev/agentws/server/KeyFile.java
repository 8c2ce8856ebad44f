package dev.agentws.server;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The file with the key that clients must show. It is read at each use: that is a few dozen bytes, and so a key that was changed is
 * the key from that moment on, with no stamp that could be stale. Thread-safe; nothing here keeps the key.
 */
public final class KeyFile {
    private static final Logger log = LoggerFactory.getLogger(KeyFile.class);
    private static final int LONGEST = 4096;
    private static final int RANDOM_BYTES = 32;
    private static final Set<PosixFilePermission> OTHERS = PosixFilePermissions.fromString("---rwxrwx");

    private final List<Path> places;
    private final Executor reader;
    private final SecureRandom random;

    /**
     * @param places where the key may be, the preferred place first
     * @param reader runs the reading of the file, which blocks; never an event loop
     * @param random makes a new key
     */
    KeyFile(List<Path> places, Executor reader, SecureRandom random) {
        if (places.isEmpty()) {
            throw new IllegalArgumentException("places: " + places + " (expected: at least one)");
        }
        this.places = List.copyOf(places);
        this.reader = reader;
        this.random = random;
    }

    /** The places where a key is looked for: the one that was asked for, or else the usual ones. */
    static List<Path> placesFor(@Nullable Path asked, Path home) {
        Path claude = home.resolve(".claude");
        return asked == null
                ? List.of(claude.resolve("analytics/.secret"), claude.resolve("analytics_data/.secret"))
                : List.of(asked);
    }

    /** What a token is worth. */
    public enum Verdict {
        ACCEPTED,
        REJECTED,
        /** There is no key, so nobody can be let in. */
        NO_KEY
    }

    /**
     * The state of the key at the start.
     *
     * @param path the file in use, or the one that should hold the key
     * @param kind what was found
     * @param advice one line for the user about something to mend, or null
     */
    record Status(Path path, Kind kind, @Nullable String advice) {}

    /** What was found at the start. */
    enum Kind {
        FOUND,
        CREATED,
        MISSING
    }

    private record Key(Path path, String text) {}

    /** Compares {@code token}, as it came, with the key. Never blocks the caller; completes on the reader's thread. */
    public CompletionStage<Verdict> check(String token) {
        try {
            return CompletableFuture.supplyAsync(() -> compare(token), reader);
        } catch (RejectedExecutionException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    /** The key for a client on this machine, or null if there is none. Blocks on the file. */
    @Nullable
    String text() throws IOException {
        Key key = find();
        return key == null ? null : key.text();
    }

    private Verdict compare(String token) {
        Key key;
        try {
            key = find();
        } catch (IOException e) {
            log.warn("the key file cannot be read, so nobody can be let in: {}", e.toString());
            return Verdict.NO_KEY;
        }
        if (key == null) {
            return Verdict.NO_KEY;
        }
        // Equal lengths and a comparison that does not stop early: the time says nothing about the key.
        return MessageDigest.isEqual(digest(key.text()), digest(token)) ? Verdict.ACCEPTED : Verdict.REJECTED;
    }

    /**
     * Looks for the key at the start, and makes one if there is no key file at all. Blocks on the file.
     *
     * @throws StartFailure if a key file is there but cannot be read
     */
    Status prepare() throws StartFailure {
        try {
            Key key = find();
            if (key != null) {
                return new Status(key.path(), Kind.FOUND, tooOpen(key.path()));
            }
        } catch (IOException e) {
            throw new StartFailure("the key file cannot be read: " + e.getMessage()
                    + " (expected: a text file of this user; try: chmod 600 FILE, or set AGENT_SERVER_API_KEY_PATH)");
        }
        for (Path place : places) {
            if (Files.exists(place)) {
                return new Status(place, Kind.MISSING, mend("the key file " + place + " is empty", place));
            }
        }
        return create(places.get(0));
    }

    private Status create(Path place) {
        byte[] bytes = new byte[RANDOM_BYTES];
        random.nextBytes(bytes);
        String text = HexFormat.of().formatHex(bytes) + "\n";
        try {
            createParents(place);
            Set<StandardOpenOption> options = Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
            try (SeekableByteChannel file = Files.newByteChannel(place, options, mode(place, "rw-------"))) {
                file.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII)));
            }
            return new Status(place, Kind.CREATED, null);
        } catch (IOException e) {
            if (e instanceof FileAlreadyExistsException && Files.isRegularFile(place)) {
                // Another server made it in this very moment.
                return new Status(place, Kind.FOUND, null);
            }
            return new Status(place, Kind.MISSING, mend("there is no key and " + place + " cannot be written", place));
        }
    }

    private static String mend(String what, Path place) {
        return what + ", so nobody can connect until it holds a key; try: (umask 077; openssl rand -hex 32 > "
                + ShellWord.of(place) + ")";
    }

    private static void createParents(Path place) throws IOException {
        Path parent = place.getParent();
        if (parent != null && !Files.isDirectory(parent)) {
            Files.createDirectories(parent, mode(place, "rwx------"));
        }
    }

    private static FileAttribute<?>[] mode(Path place, String permissions) {
        boolean posix = place.getFileSystem().supportedFileAttributeViews().contains("posix");
        return posix
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))
                }
                : new FileAttribute<?>[0];
    }

    private @Nullable Key find() throws IOException {
        for (Path place : places) {
            String text = read(place);
            if (!text.isEmpty()) {
                return new Key(place, text);
            }
        }
        return null;
    }

    private static String read(Path place) throws IOException {
        if (Files.exists(place) && !Files.isRegularFile(place)) {
            throw new IOException(place + " is not a file");
        }
        try (InputStream in = Files.newInputStream(place)) {
            byte[] bytes = in.readNBytes(LONGEST + 1);
            if (bytes.length > LONGEST) {
                throw new IOException(place + " is longer than " + LONGEST + " bytes");
            }
            return new String(bytes, StandardCharsets.UTF_8).strip();
        } catch (NoSuchFileException e) {
            return "";
        }
    }

    private static @Nullable String tooOpen(Path path) {
        try {
            boolean open = Files.getPosixFilePermissions(path).stream().anyMatch(OTHERS::contains);
            return open
                    ? "the key file can be used by other users of this machine; try: chmod 600 " + ShellWord.of(path)
                    : null;
        } catch (IOException | UnsupportedOperationException e) {
            return null;
        }
    }

    private static byte[] digest(String text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
