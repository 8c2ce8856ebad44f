package dev.agentws.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.agentws.server.KeyFile.Verdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class KeyFileTest {
    private Path home;
    private Path first;
    private Path second;
    private KeyFile key;

    @BeforeEach
    void start(@TempDir Path directory) {
        home = directory;
        List<Path> places = KeyFile.placesFor(null, home);
        first = places.get(0);
        second = places.get(1);
        key = new KeyFile(places, Runnable::run, new SecureRandom());
    }

    private Verdict check(String token) {
        return key.check(token).toCompletableFuture().join();
    }

    private static void write(Path file, String text) throws IOException {
        Files.createDirectories(file.resolveSibling("."));
        Files.writeString(file, text);
    }

    @Test
    void theUsualPlacesAreThoseOfTheContract() {
        assertThat(first).isEqualTo(home.resolve(".claude/analytics/.secret"));
        assertThat(second).isEqualTo(home.resolve(".claude/analytics_data/.secret"));
        assertThat(KeyFile.placesFor(home.resolve("k"), home)).containsExactly(home.resolve("k"));
    }

    @Test
    void theTextOfTheFileWithoutWhiteSpaceIsTheKey() throws IOException {
        write(first, " \n abc \n");

        assertThat(check("abc")).isEqualTo(Verdict.ACCEPTED);
        assertThat(check("abd")).isEqualTo(Verdict.REJECTED);
        assertThat(check("abc ")).isEqualTo(Verdict.REJECTED);
        assertThat(check("")).isEqualTo(Verdict.REJECTED);
    }

    @Test
    void theFirstPlaceBeatsTheSecond() throws IOException {
        write(second, "two");
        assertThat(check("two")).isEqualTo(Verdict.ACCEPTED);

        write(first, "one");
        assertThat(check("two")).isEqualTo(Verdict.REJECTED);
        assertThat(check("one")).isEqualTo(Verdict.ACCEPTED);
    }

    @Test
    void aRotatedKeyCountsAtOnceEvenWithTheSameSizeAndTime() throws IOException {
        write(first, "old");
        FileTime time = Files.getLastModifiedTime(first);
        assertThat(check("old")).isEqualTo(Verdict.ACCEPTED);

        write(first, "new");
        Files.setLastModifiedTime(first, time);

        assertThat(check("old")).isEqualTo(Verdict.REJECTED);
        assertThat(check("new")).isEqualTo(Verdict.ACCEPTED);
    }

    @Test
    void withoutAKeyNobodyIsLetIn() throws IOException {
        assertThat(check("")).isEqualTo(Verdict.NO_KEY);

        write(first, " \n");
        assertThat(check("")).isEqualTo(Verdict.NO_KEY);

        Files.delete(first);
        Files.createDirectory(first);
        assertThat(check("x")).isEqualTo(Verdict.NO_KEY);
    }

    @Test
    void theFileIsReadOnTheReaderNotByTheCaller() throws IOException {
        write(first, "abc");
        Queue<Runnable> reader = new ArrayDeque<>();
        CompletionStage<Verdict> verdict = new KeyFile(List.of(first), reader::add, new SecureRandom()).check("abc");

        assertThat(verdict.toCompletableFuture()).isNotDone();
        reader.remove().run();
        assertThat(verdict.toCompletableFuture()).isCompletedWithValue(Verdict.ACCEPTED);
    }

    @Test
    void aReaderThatIsFullFailsTheCheckAndNotTheCaller() {
        KeyFile full = new KeyFile(
                List.of(first),
                task -> {
                    throw new RejectedExecutionException("full");
                },
                new SecureRandom());

        assertThat(full.check("abc").toCompletableFuture()).isCompletedExceptionally();
    }

    @Test
    void aMissingKeyIsMadeForThisUserAlone() throws Exception {
        KeyFile.Status status = key.prepare();

        assertThat(status).isEqualTo(new KeyFile.Status(first, KeyFile.Kind.CREATED, null));
        String text = Files.readString(first);
        assertThat(text).matches("[0-9a-f]{64}\n");
        assertThat(permissions(first)).isEqualTo("rw-------");
        assertThat(permissions(home.resolve(".claude/analytics"))).isEqualTo("rwx------");
        assertThat(check(text.strip())).isEqualTo(Verdict.ACCEPTED);
        assertThat(key.prepare()).isEqualTo(new KeyFile.Status(first, KeyFile.Kind.FOUND, null));
    }

    private static String permissions(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }

    @Test
    void aKeyThatOthersCanReadIsAdvisedAgainst() throws Exception {
        write(second, "abc");
        Files.setPosixFilePermissions(second, PosixFilePermissions.fromString("rw-r--r--"));

        assertThat(key.prepare().advice()).endsWith("try: chmod 600 " + second);
    }

    @Test
    void anEmptyKeyFileIsLeftAloneAndTheMendIsNamed() throws Exception {
        write(first, "\n");

        KeyFile.Status status = key.prepare();

        assertThat(status.kind()).isEqualTo(KeyFile.Kind.MISSING);
        assertThat(status.advice()).contains("is empty").contains("openssl rand -hex 32 > " + first);
        assertThat(Files.readString(first)).isEqualTo("\n");
    }

    @Test
    void aPlaceThatCannotBeWrittenIsNoReasonNotToStart() throws Exception {
        Path dangling = Files.createSymbolicLink(home.resolve("dangling"), home.resolve("nowhere/at/all"));
        KeyFile impossible = new KeyFile(List.of(dangling.resolve(".secret")), Runnable::run, new SecureRandom());

        KeyFile.Status status = impossible.prepare();

        assertThat(status.kind()).isEqualTo(KeyFile.Kind.MISSING);
        assertThat(status.advice()).contains("cannot be written");
    }

    @Test
    void aKeyFileThatCannotBeReadStopsTheStartWithTheMend() throws IOException {
        Files.createDirectories(first);

        assertThatThrownBy(key::prepare)
                .isInstanceOf(StartFailure.class)
                .hasMessageContaining(first + " is not a file")
                .hasMessageContaining("chmod 600");
    }

    @Test
    void aFileThatIsNoKeyIsNotRead() throws IOException {
        write(first, "x".repeat(5000));

        assertThatThrownBy(key::prepare).hasMessageContaining("longer than 4096 bytes");
        assertThat(check("x".repeat(5000))).isEqualTo(Verdict.NO_KEY);
    }
}
