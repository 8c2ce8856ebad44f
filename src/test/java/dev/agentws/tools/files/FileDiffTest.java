package dev.agentws.tools.files;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentws.tools.files.FileDiff.Hunk;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class FileDiffTest {
    @Test
    void equalTextsHaveNothingToShow() {
        assertThat(FileDiff.of("a\nb\n", "a\nb\n").hunks()).isEmpty();
        assertThat(FileDiff.of("", "").cut()).isFalse();
    }

    @Test
    void distantChangesAreHunksOfTheirOwn() {
        String before = lines(1, 100);
        String after = before.replace("\n10\n", "\nten\n").replace("\n90\n", "\n");
        assertThat(FileDiff.of(before, after).hunks())
                .containsExactly(
                        new Hunk(7, 7, 7, 7, List.of(" 7", " 8", " 9", "-10", "+ten", " 11", " 12", " 13")),
                        new Hunk(87, 7, 87, 6, List.of(" 87", " 88", " 89", "-90", " 91", " 92", " 93")));
    }

    @Test
    void changesAtBothEndsOfAFileAreShown() {
        assertThat(FileDiff.of("a\nb\nc", "b\nc").hunks())
                .containsExactly(new Hunk(1, 3, 1, 2, List.of("-a", " b", " c")));
        assertThat(FileDiff.of("a", "a\nb").hunks()).containsExactly(new Hunk(1, 1, 1, 2, List.of(" a", "+b")));
        assertThat(FileDiff.of("a", "").hunks()).containsExactly(new Hunk(1, 1, 0, 0, List.of("-a")));
    }

    @Test
    void aLineThatLooksLikeAHeaderIsALine() {
        assertThat(FileDiff.of("x", "x\n@@ -1,1 +1,1 @@").hunks())
                .containsExactly(new Hunk(1, 1, 1, 2, List.of(" x", "+@@ -1,1 +1,1 @@")));
    }

    @Test
    void everyHunkFitsTheTexts() {
        Random random = new Random(4711);
        for (int round = 0; round < 300; round++) {
            String before = random(random);
            String after = random(random);
            assertThat(applied(before, FileDiff.of(before, after)))
                    .as(before + "\n->\n" + after)
                    .isEqualTo(after.lines().toList());
        }
    }

    @Test
    @Timeout(20)
    void aHugeChangeIsCutAndSaysSoAndTakesNoTime() {
        String before = IntStream.range(0, 100_000).mapToObj(i -> "a" + i).collect(Collectors.joining("\n"));
        String after = IntStream.range(0, 100_000).mapToObj(i -> "b" + i % 7).collect(Collectors.joining("\n"));
        FileDiff diff = FileDiff.of("same\n" + before, "same\n" + after);
        assertThat(diff.cut()).isTrue();
        assertThat(diff.hunks()).hasSize(1);
        assertThat(diff.hunks().get(0).oldLines()).isEqualTo(100_001);
        assertThat(diff.hunks().get(0).lines()).hasSize(2_000).startsWith(" same", "-a0");
        assertThat(new String(diff.toJson("update", Path.of("/a")), StandardCharsets.UTF_8))
                .endsWith("\"truncated\":true}");
    }

    @Test
    void overlongLinesAreCut() {
        FileDiff diff = FileDiff.of("a", "x".repeat(100_000));
        assertThat(diff.cut()).isTrue();
        assertThat(diff.hunks().get(0).lines()).first().isEqualTo("-a");
        assertThat(diff.hunks().get(0).lines().get(1)).hasSize(2_000).endsWith("xxx...");
        assertThat(FileDiff.of("a", "x".repeat(5 << 20)).cut()).isTrue();
    }

    private static List<String> applied(String before, FileDiff diff) {
        List<String> old = before.lines().toList();
        List<String> now = new ArrayList<>();
        int at = 0;
        for (Hunk hunk : diff.hunks()) {
            int start = hunk.oldLines() == 0 ? hunk.oldStart() : hunk.oldStart() - 1;
            now.addAll(old.subList(at, start));
            at = start;
            assertThat(hunk.newLines() == 0 ? hunk.newStart() : hunk.newStart() - 1)
                    .isEqualTo(now.size());
            for (String line : hunk.lines()) {
                if (line.charAt(0) != '+') {
                    assertThat(line.substring(1)).isEqualTo(old.get(at++));
                }
                if (line.charAt(0) != '-') {
                    now.add(line.substring(1));
                }
            }
            assertThat(at - start).isEqualTo(hunk.oldLines());
        }
        now.addAll(old.subList(at, old.size()));
        return now;
    }

    private static String random(Random random) {
        return random.ints(random.nextInt(30), 0, 4).mapToObj(i -> "l" + i).collect(Collectors.joining("\n"));
    }

    private static String lines(int first, int last) {
        return IntStream.rangeClosed(first, last)
                .mapToObj(Integer::toString)
                .collect(Collectors.joining("\n", "", "\n"));
    }
}
