package dev.agentws.tools.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.agentws.tools.Calls;
import dev.agentws.tools.call.ToolInput;
import dev.agentws.tools.files.Workspace;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Grep with helpers must give what it gives without. */
@Timeout(60)
class SearchCrewTest {
    private static final int FILES = 2_500;

    private record Limits() implements WalkBounds {
        @Override
        public int maxEntries() {
            return 100_000;
        }

        @Override
        public int maxDepth() {
            return 10;
        }

        @Override
        public Duration maxDuration() {
            return Duration.ofSeconds(50);
        }
    }

    private Path directory = Path.of("/");

    @BeforeEach
    void write(@TempDir Path made) throws Exception {
        directory = made.toRealPath();
        for (int i = 0; i < FILES; i++) {
            Path folder = Files.createDirectories(directory.resolve("d" + i % 37 + "/e" + i % 3));
            String text = i % 11 == 0
                    ? "needle " + i + "\nhay\nneedle again\n"
                    : i % 400 == 1 ? "needle\0\n" : "hay\n".repeat(i % 50);
            Files.writeString(folder.resolve("f" + i), text);
        }
        Files.writeString(directory.resolve("last"), "needle at last\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"content", "files_with_matches", "count"})
    void helpersChangeNothingInTheAnswer(String mode) throws Exception {
        for (int limit : List.of(0, 3, 250)) {
            String alone =
                    search(0, System::nanoTime, "pattern", "needle", "output_mode", mode, "head_limit", limit, "-C", 1);
            assertThat(alone).contains(directory + "/d");
            for (int round = 0; round < 5; round++) {
                assertThat(search(
                                3,
                                System::nanoTime,
                                "pattern",
                                "needle",
                                "output_mode",
                                mode,
                                "head_limit",
                                limit,
                                "-C",
                                1))
                        .isEqualTo(alone);
            }
        }
    }

    @Test
    void helpersEndWithTheCall() throws Exception {
        search(3, System::nanoTime, "pattern", "needle");
        assertThat(helpersAtWork()).isEmpty();
    }

    @Test
    void anInterruptEndsTheSearchAndItsHelpers() throws Exception {
        Thread caller = Thread.currentThread();
        AtomicLong looks = new AtomicLong();
        // Somewhere in the middle of the walk, by the clock it looks at.
        LongSupplier clock = () -> {
            if (looks.incrementAndGet() == 1_500) {
                caller.interrupt();
            }
            return 0;
        };
        assertThatThrownBy(() -> search(3, clock, "pattern", "needle")).isInstanceOf(InterruptedException.class);
        assertThat(helpersAtWork()).isEmpty();
    }

    @Test
    void aSearchThatRunsOutOfTimeSaysSo() throws Exception {
        AtomicLong looks = new AtomicLong();
        LongSupplier clock = () ->
                looks.incrementAndGet() < 1_500 ? 0 : Duration.ofMinutes(2).toNanos();
        assertThat(search(3, clock, "pattern", "needle", "output_mode", "count"))
                .contains("[Stopped after 50000 ms");
        assertThat(helpersAtWork()).isEmpty();
    }

    private static List<String> helpersAtWork() {
        String mine = Thread.currentThread().getName() + "-grep-";
        return Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(name -> name.startsWith(mine))
                .toList();
    }

    private String search(int helpers, LongSupplier clock, Object... input) throws Exception {
        GrepQuery query = GrepQuery.read(ToolInput.of(Calls.input(input)), 250);
        GrepReport report = new GrepReport(query, 1_000_000);
        HiddenFiles nothing = new HiddenFiles(new Workspace(directory, List.of()).locate("."), path -> false);
        GrepWalk walk = new GrepWalk(query, report, new FileWalk(new Limits(), clock), nothing, helpers);
        walk.searchTree(new Workspace(directory, List.of()), directory);
        walk.notes().forEach(report::note);
        return report.text();
    }
}
