package dev.agentws.journal.files;

import static dev.agentws.journal.Outcomes.seqs;
import static org.assertj.core.api.Assertions.assertThat;

import dev.agentws.journal.Book;
import dev.agentws.journal.Commit;
import dev.agentws.journal.Journal;
import dev.agentws.journal.JournalException;
import dev.agentws.journal.Outcomes;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A process that is killed while it appends loses nothing that it was told is committed. */
final class KillTest {
    private static final int CYCLES = 4;
    private static final int SESSIONS = 4;
    private static final int LINES_BEFORE_THE_KILL = 400;

    @TempDir
    @SuppressWarnings("NullAway.Init") // by JUnit
    Path directory;

    @Test
    void nothingAcknowledgedIsLostWhenTheProcessIsKilled() throws Exception {
        Map<String, Long> acknowledged = new HashMap<>();
        for (int cycle = 0; cycle < CYCLES; cycle++) {
            appendAndKill(acknowledged);
            try (Journal journal = FileJournal.start(config(directory))) {
                for (Map.Entry<String, Long> each : acknowledged.entrySet()) {
                    Book book = journal.open(each.getKey());
                    assertThat(book.lastSeq()).isGreaterThanOrEqualTo(each.getValue());
                    assertThat(seqs(book, -1))
                            .isEqualTo(LongStream.rangeClosed(1, book.lastSeq())
                                    .boxed()
                                    .toList());
                }
            }
        }
        assertThat(acknowledged).hasSize(SESSIONS);
    }

    private void appendAndKill(Map<String, Long> acknowledged) throws Exception {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        "-Xmx128m",
                        Appender.class.getName(),
                        directory.toString())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        try (BufferedReader told =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.US_ASCII))) {
            int lines = 0;
            // What it printed before it died counts, also when we read it afterwards.
            for (String line = told.readLine(); line != null && line.endsWith("."); line = told.readLine()) {
                String[] parts = line.substring(0, line.length() - 1).split(" ");
                acknowledged.merge(parts[0], Long.parseLong(parts[1]), Math::max);
                if (++lines == LINES_BEFORE_THE_KILL) {
                    // Not Process.destroyForcibly, which closes the stream we read.
                    process.toHandle().destroyForcibly();
                }
            }
            assertThat(lines).isGreaterThanOrEqualTo(LINES_BEFORE_THE_KILL);
        } finally {
            process.destroyForcibly().waitFor();
        }
    }

    static FileJournalConfig config(Path directory) {
        return FileJournalContractTest.small(directory, Durability.FAST);
    }

    /** The process that is killed: appends to some sessions for ever and prints what is committed. */
    static final class Appender {
        private Appender() {}

        public static void main(String[] args) throws JournalException, InterruptedException {
            Journal journal = FileJournal.start(config(Path.of(args[0])));
            Semaphore room = new Semaphore(64);
            Book[] books = new Book[SESSIONS];
            long[] next = new long[SESSIONS];
            for (int i = 0; i < SESSIONS; i++) {
                books[i] = openOrCreate(journal, "s" + i);
                next[i] = books[i].lastSeq() + 1;
            }
            while (true) {
                for (int i = 0; i < SESSIONS; i++) {
                    room.acquire();
                    long seq = Math.max(1, next[i]);
                    next[i] = seq + 2;
                    books[i].append(Outcomes.entries(seq, seq + 1), print("s" + i + " " + (seq + 1) + ".\n", room));
                }
            }
        }

        private static Book openOrCreate(Journal journal, String id) {
            try {
                return journal.open(id);
            } catch (JournalException e) {
                return journal.create(id);
            }
        }

        private static Commit print(String line, Semaphore room) {
            return failure -> {
                if (failure == null) {
                    try {
                        System.out.write(line.getBytes(StandardCharsets.US_ASCII));
                        System.out.flush();
                    } catch (IOException e) {
                        throw new IllegalStateException(e);
                    }
                }
                room.release();
            };
        }
    }
}
