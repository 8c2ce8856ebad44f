package dev.agentws.tools.search;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentws.tools.Calls;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Grep beside the plainest possible search, over random files: every shortcut it takes must come to the same. */
@Timeout(120)
class GrepOracleTest {
    private static final String[] WORDS = {
        "needle",
        "Needle",
        "NEEDLE",
        "hay",
        "straße",
        "kelvin",
        "\u212Aelvin",
        "li\u017Ft",
        "a.b",
        "x+y",
        "[z]",
        "12",
        "foo",
        "bar",
        "",
        " ",
        "\t",
        "日本",
        "😀",
        "foobar",
        "needles|pins"
    };

    /** In RE2 only ASCII makes words. */
    private static final String ASCII_BOUNDARY =
            "(?:(?<![A-Za-z0-9_])(?=[A-Za-z0-9_])|(?<=[A-Za-z0-9_])(?![A-Za-z0-9_]))";

    private final Map<String, List<String>> files = new TreeMap<>();
    private Calls calls;

    @BeforeEach
    void write(@TempDir Path directory) throws Exception {
        calls = Calls.in(directory);
        Random random = new Random(42);
        for (int i = 0; i < 60; i++) {
            List<String> lines = new ArrayList<>();
            int count = i == 7 ? 30_000 : random.nextInt(40);
            for (int j = 0; j < count; j++) {
                StringBuilder line = new StringBuilder();
                for (int k = random.nextInt(6); k > 0; k--) {
                    line.append(WORDS[random.nextInt(WORDS.length)]).append(random.nextBoolean() ? " " : "");
                }
                lines.add(j == 3 && i % 9 == 0 ? line + "y".repeat(2_000) + "needle" : line.toString());
            }
            String name = "d" + i % 7 + "/f" + i;
            String end = i % 5 == 0 ? "\r\n" : "\n";
            String text = String.join(end, lines) + (i % 3 == 0 ? "" : end);
            calls.write(name, text);
            // A last line without a newline keeps its carriage return; an empty one is none.
            files.put(name, text.isEmpty() ? List.of() : List.of(text.split(end, -1)));
            if (text.endsWith(end) || text.isEmpty()) {
                List<String> all = files.get(name);
                files.put(name, all.isEmpty() ? all : all.subList(0, all.size() - 1));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "needle",
                "(?i)needle",
                "kelvin",
                "(?i)kelvin",
                "(?i)list",
                "straße",
                "日本",
                "😀",
                "a\\.b",
                "a.b",
                "x\\+y",
                "x+y",
                "\\[z\\]",
                "[z]",
                "needles?",
                "needle{0}hay",
                "needle{2}",
                "ne{2}dle",
                "need+le",
                "needl*e",
                "(foo|hay) ?bar",
                "foo|bar|日本",
                "foo|",
                "^$",
                "^",
                "$",
                "^needle",
                "needle$",
                "\\bneedle\\b",
                "(needle)",
                "(?:need)le",
                "n.*e",
                "[^a-z ]+$",
                "\\d+",
                "\\w+ \\w+",
                "y{3}needle",
                "needles\\|pins",
                "\\x6eeedle",
                "\\Qa.b\\E",
                ".",
                "\\s",
                "(|needle)hay",
                "foo(?i)BAR"
            })
    void itFindsWhatAPlainSearchFinds(String pattern) throws Exception {
        Pattern plain = Pattern.compile(
                pattern.replace("(?i)", "(?iu)").replace("\\b", ASCII_BOUNDARY),
                pattern.contains("(?i)") ? Pattern.UNICODE_CASE : 0);
        assertThat(grep("pattern", pattern, "output_mode", "content", "head_limit", 100_000, "glob", "!f7"))
                .isEqualTo(shown(plain, 0, 0));
        assertThat(grep(
                        "pattern",
                        pattern,
                        "output_mode",
                        "content",
                        "head_limit",
                        100_000,
                        "-B",
                        2,
                        "-A",
                        1,
                        "glob",
                        "!f7"))
                .isEqualTo(shown(plain, 2, 1));
        assertThat(grep("pattern", pattern, "output_mode", "count", "head_limit", 0))
                .isEqualTo(counted(plain));
    }

    private String grep(Object... input) throws InterruptedException {
        return calls.ok("Grep", input).replace(calls.directory + "/", "").replaceAll("\\n\\[Entries [^]]*\\]$", "");
    }

    private String shown(Pattern pattern, int before, int after) {
        List<String> rows = new ArrayList<>();
        boolean context = before + after > 0;
        files.forEach((name, lines) -> {
            int lastShown = -2;
            for (int i = 0; !name.endsWith("/f7") && i < lines.size(); i++) {
                boolean near = false;
                for (int j = Math.max(0, i - after); j <= Math.min(lines.size() - 1, i + before); j++) {
                    near |= pattern.matcher(lines.get(j)).find();
                }
                if (near) {
                    boolean hit = pattern.matcher(lines.get(i)).find();
                    if (context && !rows.isEmpty() && lastShown != i - 1) {
                        rows.add("--");
                    }
                    rows.add(name + (hit ? ":" : "-") + (i + 1) + (hit ? ":" : "-") + cut(lines.get(i)));
                    lastShown = i;
                }
            }
        });
        return rows.isEmpty() ? "No matches found" : String.join("\n", rows);
    }

    private static String cut(String line) {
        int end = Math.min(line.length(), 500);
        end -= end < line.length() && Character.isHighSurrogate(line.charAt(end - 1)) ? 1 : 0;
        return line.length() <= 500 ? line : line.substring(0, end) + "... [cut, " + line.length() + " chars]";
    }

    private String counted(Pattern pattern) {
        List<String> rows = new ArrayList<>();
        long total = 0;
        int found = 0;
        for (Map.Entry<String, List<String>> file : files.entrySet()) {
            long count = 0;
            for (String line : file.getValue()) {
                Matcher matcher = pattern.matcher(line);
                count += matcher.find() ? 1 : 0;
            }
            total += count;
            found += count > 0 ? 1 : 0;
            if (count > 0) {
                rows.add(file.getKey() + ":" + count);
            }
        }
        if (rows.isEmpty()) {
            return "No matches found";
        }
        return String.join("\n", rows) + "\n\nFound " + total + (total == 1 ? " match" : " matches") + " in " + found
                + (found == 1 ? " file" : " files");
    }
}
