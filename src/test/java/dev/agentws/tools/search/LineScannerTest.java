package dev.agentws.tools.search;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import dev.agentws.tools.Calls;
import dev.agentws.tools.call.ToolFailure;
import dev.agentws.tools.call.ToolInput;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The automaton beside RE2/J, which it may only spare work: over random expressions and lines both must come to the same. */
@Timeout(120)
class LineScannerTest {
    private static final int PATTERNS = 4_000;
    private static final String[] BITS = {
        "a", "b", "k", "K", "s", "S", "ab", "Z", "0", "12", "_", " ", ".", "-", "{", "\t", "é", "ß", "\u212A", "\u017F",
        "日", "😀", "\uFFFD", "\r"
    };
    private static final byte[][] BROKEN = {
        {(byte) 0xC3},
        {(byte) 0xE2, (byte) 0x82},
        {(byte) 0xFF},
        {(byte) 0x80},
        {(byte) 0xF0, (byte) 0x9F},
        {(byte) 0xED, (byte) 0xA0, (byte) 0x80}
    };

    private record Limits() implements WalkBounds {
        @Override
        public int maxEntries() {
            return 1_000;
        }

        @Override
        public int maxDepth() {
            return 10;
        }

        @Override
        public Duration maxDuration() {
            return Duration.ofHours(1);
        }
    }

    @Test
    void randomPatternsFindTheLinesThatAPlainSearchFinds(@TempDir Path directory) throws Exception {
        Random random = new Random(11);
        RandomPattern patterns = new RandomPattern(random);
        int tried = 0;
        int automata = 0;
        int exact = 0;
        while (tried < PATTERNS) {
            byte[] text = text(random);
            Path file = Files.write(directory.resolve("text"), text);
            for (int i = 0; i < 40; i++) {
                GrepQuery query = query(patterns.next(), random.nextInt(3) == 0);
                if (query == null) {
                    continue;
                }
                tried++;
                automata += query.automaton() == null ? 0 : 1;
                exact += query.automaton() != null && query.automaton().exact() ? 1 : 0;
                assertThat(found(query, file))
                        .as(query.pattern() + " " + query.pattern().flags())
                        .isEqualTo(plainly(query.pattern(), text));
            }
        }
        assertThat(automata).as("patterns that became an automaton").isGreaterThan(tried * 9 / 10);
        assertThat(exact).as("patterns that need no second look").isGreaterThan(tried / 3);
    }

    @Test
    void candidatesLeaveOutNothingAndAreRightWhereTheySayTheyAreCertain() throws Exception {
        Random random = new Random(12);
        RandomPattern patterns = new RandomPattern(random);
        long lines = 0;
        long candidatesFound = 0;
        for (int round = 0; round < PATTERNS; round++) {
            GrepQuery query = query(patterns.next(), random.nextInt(3) == 0);
            if (query == null) {
                continue;
            }
            byte[] text = text(random);
            List<Integer> right = plainly(query.pattern(), text);
            Candidates candidates = new Candidates(query);
            candidates.begin();
            int number = 0;
            for (int at = 0; at < text.length; ) {
                int end = at;
                while (end < text.length && text[end] != '\n') {
                    end++;
                }
                number++;
                lines++;
                int place = candidates.find(text, at, text.length);
                boolean maybe = place >= 0 && place <= end;
                String what = query.pattern() + " in line " + number + ": "
                        + new String(text, at, end - at, StandardCharsets.UTF_8);
                if (right.contains(number)) {
                    assertThat(maybe).as(what).isTrue();
                } else if (maybe) {
                    assertThat(candidates.certain(text, at, end)).as(what).isFalse();
                    candidatesFound++;
                }
                at = end + 1;
            }
        }
        assertThat(candidatesFound)
                .as("of " + lines + " lines, looked at for nothing")
                .isLessThan(lines / 10);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[A-Z]\\w+Exception\\b",
                "\\d{3}-\\d{4}",
                "(?i)todo|fixme",
                "^import .*;$",
                "a|b|c",
                "(foo|bar)+baz?",
                "^\\s*$",
                "[^\\x00-\\x7f]"
            })
    void whatPeopleSearchForNeedsNoSecondLook(String pattern) throws Exception {
        LineAutomaton automaton = PatternReader.read(pattern, false);
        assertThat(automaton != null && automaton.exact()).isTrue();
    }

    @ParameterizedTest
    @CsvSource({"(a|b)*a(a|b){90}, 20000", "'(x+x+)+y', 20000", "'((a{30}){30}){2}', 10000"})
    void anAutomatonThatGrowsTooLargeGivesWayToThePlainSearch(String pattern, int length, @TempDir Path directory)
            throws Exception {
        Random random = new Random(5);
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < 40; i++) {
            for (int j = random.nextInt(length); j > 0; j--) {
                text.append((char) ('a' + random.nextInt(2)));
            }
            text.append(i % 2 == 0 ? "c\n" : "\n");
        }
        byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);
        GrepQuery query = Objects.requireNonNull(query(pattern, false));
        assertThat(found(query, Files.write(directory.resolve("long"), bytes)))
                .isEqualTo(plainly(query.pattern(), bytes));
    }

    private List<Integer> found(GrepQuery query, Path file) throws Exception {
        FileWalk walk = new FileWalk(new Limits(), System::nanoTime);
        FileHits hits = new FileHits("", query, Long.MAX_VALUE);
        new TextSearch(query, new SearchWatch(walk)).search(Files.newByteChannel(file), Files.size(file), true, hits);
        assertThat(hits.rows()).hasSize((int) hits.count());
        return hits.rows().stream()
                .map(row -> Integer.valueOf(row.split(":", 3)[1]))
                .toList();
    }

    /** Every line as a text, without its newline and a carriage return before that. */
    private static List<Integer> plainly(Pattern pattern, byte[] text) {
        List<Integer> numbers = new ArrayList<>();
        int number = 0;
        for (int at = 0; at < text.length; ) {
            int end = at;
            while (end < text.length && text[end] != '\n') {
                end++;
            }
            number++;
            int length = end - at - (end < text.length && end > at && text[end - 1] == '\r' ? 1 : 0);
            if (pattern.matcher(new String(text, at, length, StandardCharsets.UTF_8))
                    .find()) {
                numbers.add(number);
            }
            at = end + 1;
        }
        return numbers;
    }

    private static byte[] text(Random random) {
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        for (int lines = random.nextInt(30); lines > 0; lines--) {
            for (int bits = random.nextInt(7); bits > 0; bits--) {
                text.writeBytes(
                        random.nextInt(12) == 0
                                ? BROKEN[random.nextInt(BROKEN.length)]
                                : BITS[random.nextInt(BITS.length)].getBytes(StandardCharsets.UTF_8));
            }
            String end = random.nextInt(4) == 0 ? "\r\n" : "\n";
            text.writeBytes((lines == 1 && random.nextBoolean() ? "" : end).getBytes(StandardCharsets.UTF_8));
        }
        byte[] bytes = text.toByteArray();
        boolean marked = bytes.length > 1 && (bytes[0] & 0xFE) == 0xFE;
        return marked ? Arrays.copyOf(bytes, 0) : bytes;
    }

    /** What Grep makes of the pattern, or null if it is none. */
    private static @Nullable GrepQuery query(String pattern, boolean ignoreCase) throws ToolFailure {
        try {
            Pattern.compile(pattern);
            return GrepQuery.read(
                    ToolInput.of(Calls.input(
                            "pattern", pattern, "-i", ignoreCase, "output_mode", "content", "head_limit", 0)),
                    0);
        } catch (PatternSyntaxException | ToolFailure none) {
            return null;
        }
    }
}
