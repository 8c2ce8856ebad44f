package dev.agentws.conversation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.agentws.journal.files.Durability;
import dev.agentws.simulator.SimulatedCall;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.LoggerFactory;

/** A file system that is really full, where the test may mount one. */
@ParameterizedClass
@EnumSource(Durability.class)
final class FullDiskTest {
    private static final int PIECES = 40;
    private static final String LONG = "x".repeat(5_000);

    /** Ended before the file system goes. */
    private final Stage stage = new Stage();

    @TempDir
    @SuppressWarnings("NullAway.Init") // by JUnit
    private Path temp;

    private boolean mounted;
    private final Logger writing = (Logger) LoggerFactory.getLogger("dev.agentws.agent.record");
    private final ListAppender<ILoggingEvent> journal = new ListAppender<>();

    @RegisterExtension
    final AfterEachCallback end = context -> {
        try {
            stage.afterEach(context);
        } finally {
            writing.detachAppender(journal);
            if (mounted) {
                assertThat(run("umount", temp.resolve("tiny").toString())).isZero();
            }
        }
    };

    FullDiskTest(Durability level) {
        stage.settings.level = level;
    }

    @BeforeEach
    void mount() throws Exception {
        journal.list = new CopyOnWriteArrayList<>();
        journal.start();
        writing.addAppender(journal);
        Path tiny = Files.createDirectory(temp.resolve("tiny"));
        mounted = run("mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", tiny.toString()) == 0;
        assumeThat(mounted).as("may mount").isTrue();
        stage.settings.books = tiny.resolve("books");
        stage.settings.maxLogBytes = 4096;
    }

    @Test
    void promptsAreRefusedReadsAreServedAndAllGoesOnWhenThereIsRoomAgain() throws Exception {
        Client ann = stage.client("ann");
        Talk done = ann.create("{}");
        done.prompt("one");
        SimulatedCall first = stage.call().start().textStart();
        String piece = "x".repeat(500);
        for (int i = 0; i < PIECES; i++) {
            first.textPiece(piece);
        }
        first.textStop().end("end_turn");
        done.await("agent_result");
        Talk talk = stage.client("bob").create("{}");
        talk.prompt("two");
        SimulatedCall call = stage.call().start().textStart().textPiece("Hel");
        talk.awaitBrief("+Hel");

        Path filler = fill();
        // More than the log could free by moving what it has, or has left in its last page.
        for (int i = 0; i < PIECES; i++) {
            call.textPiece(LONG);
        }
        stage.until("the session cannot be written", () -> journal.list.stream()
                .anyMatch(line -> line.getFormattedMessage().contains(talk.id() + ": cannot be written just now")));
        talk.prompt("three", "p-3");
        assertThat(talk.await("error").at("code")).isEqualTo("overloaded");
        // Little things might find a place in the last page of the log.
        ann.send("{\"type\":\"create_session\",\"options\":{\"system_prompt\":\"" + LONG + "\"}}");
        Frame refused = ann.await("error");
        assertThat(refused.at("code")).isEqualTo("overloaded");
        assertThat(refused.json().path("retryable").asBoolean()).isTrue();
        List<String> shown = Merged.briefs(done.frames());
        Talk reading = stage.client("cid").talk(done.id()).subscribe(0);
        reading.await("agent_result");
        assertThat(Merged.briefs(reading.frames())).isEqualTo(shown);
        reading.send("load_messages", "\"limit\":20");
        assertThat(reading.await("messages_loaded").text()).contains(piece.repeat(PIECES));

        Files.delete(filler);
        call.textPiece("lo").textStop().end("end_turn");
        talk.awaitBrief("=Hel" + LONG.repeat(PIECES) + "lo");
        assertThat(talk.await("agent_result").at("stop_reason")).isEqualTo("end_turn");
        talk.prompt("three", "p-3");
        stage.call().start().text("again").end("end_turn");
        Frame result = talk.await("agent_result");
        stage.restart();
        Talk back = stage.client("dan").talk(talk.id()).subscribe(0);
        back.await("the last frame", frame -> frame.seq() == result.seq());
        assertThat(Merged.briefs(back.frames())).isEqualTo(Merged.briefs(talk.frames()));
    }

    /** Takes all the room there is. */
    private Path fill() {
        Path filler = temp.resolve("tiny/filler");
        byte[] page = new byte[4096];
        try (OutputStream out = Files.newOutputStream(filler)) {
            while (true) {
                out.write(page);
            }
        } catch (IOException full) {
            assertThat(full).hasMessageContaining("No space left");
        }
        return filler;
    }

    private static int run(String... command) {
        try {
            return new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start()
                    .waitFor();
        } catch (IOException e) {
            return -1;
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
