package dev.agentws.tools.files;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.github.difflib.DiffUtils;
import com.github.difflib.UnifiedDiffUtils;
import com.github.difflib.algorithm.Change;
import com.github.difflib.algorithm.myers.MyersDiffWithLinearSpace;
import com.github.difflib.patch.DeltaType;
import com.github.difflib.patch.Patch;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a change of a text comes to, line by line, for people to look at. Bounded in time and size: a change too large to compare
 * comes as one block, one too large to show is cut. Immutable.
 *
 * @param cut whether something is left out
 */
record FileDiff(List<Hunk> hunks, boolean cut) {
    /** Lines around each change. */
    private static final int CONTEXT = 3;

    /** Removed times added lines; comparing more of them costs more than it tells. */
    private static final long MAX_COMPARED = 4_000_000;

    private static final int MAX_LINES = 2_000;
    private static final int MAX_CHARS = 100_000;
    private static final int MAX_LINE_CHARS = 2_000;

    /** Longer texts are not compared at all. */
    private static final int MAX_TEXT_CHARS = 4 << 20;

    private static final Pattern HEADER = Pattern.compile("@@ -(\\d+),(\\d+) \\+(\\d+),(\\d+) @@");

    /**
     * One place of the change.
     *
     * @param lines each begins with a blank, {@code -} or {@code +}
     */
    record Hunk(int oldStart, int oldLines, int newStart, int newLines, List<String> lines) {}

    /** Used where there is too much to compare. */
    static final FileDiff TOO_LARGE = new FileDiff(List.of(), true);

    static FileDiff of(String before, String after) {
        if (before.length() > MAX_TEXT_CHARS || after.length() > MAX_TEXT_CHARS) {
            return TOO_LARGE;
        }
        List<String> old = before.lines().toList();
        List<String> now = after.lines().toList();
        int skipped = Math.max(0, sameAtStart(old, now) - CONTEXT);
        int sameEnd = sameAtEnd(old.subList(skipped, old.size()), now.subList(skipped, now.size()));
        int left = Math.max(0, sameEnd - CONTEXT);
        return bounded(
                hunks(old.subList(skipped, old.size() - left), now.subList(skipped, now.size() - left), skipped));
    }

    private static List<Hunk> hunks(List<String> old, List<String> now, int skipped) {
        Patch<String> patch = (long) old.size() * now.size() > MAX_COMPARED
                ? block(old, now)
                : DiffUtils.diff(old, now, new MyersDiffWithLinearSpace<>());
        List<Hunk> hunks = new ArrayList<>();
        for (String line : UnifiedDiffUtils.generateUnifiedDiff("", "", old, patch, CONTEXT)) {
            Matcher header = HEADER.matcher(line);
            if (header.matches()) {
                hunks.add(new Hunk(
                        Integer.parseInt(header.group(1)) + skipped,
                        Integer.parseInt(header.group(2)),
                        Integer.parseInt(header.group(3)) + skipped,
                        Integer.parseInt(header.group(4)),
                        new ArrayList<>()));
            } else if (!hunks.isEmpty()) {
                add(hunks.get(hunks.size() - 1).lines(), line);
            }
        }
        return hunks;
    }

    /** Puts removed lines before the added ones of the same place, as everybody shows them; the library does not. */
    private static void add(List<String> lines, String line) {
        int at = lines.size();
        while (line.startsWith("-") && at > 0 && lines.get(at - 1).startsWith("+")) {
            at--;
        }
        lines.add(at, line);
    }

    /** Everything between the equal ends as one change. */
    private static Patch<String> block(List<String> old, List<String> now) {
        int from = sameAtStart(old, now);
        int end = sameAtEnd(old.subList(from, old.size()), now.subList(from, now.size()));
        Change all = new Change(DeltaType.CHANGE, from, old.size() - end, from, now.size() - end);
        return Patch.generate(old, now, List.of(all));
    }

    private static FileDiff bounded(List<Hunk> hunks) {
        List<Hunk> shown = new ArrayList<>();
        int lines = 0;
        int chars = 0;
        boolean cut = false;
        for (Hunk hunk : hunks) {
            List<String> kept = new ArrayList<>();
            for (String line : hunk.lines()) {
                String text = shortened(line);
                cut |= text.length() < line.length();
                if (++lines > MAX_LINES || (chars += text.length()) > MAX_CHARS) {
                    cut = true;
                    break;
                }
                kept.add(text);
            }
            if (kept.isEmpty()) {
                break;
            }
            shown.add(new Hunk(hunk.oldStart(), hunk.oldLines(), hunk.newStart(), hunk.newLines(), kept));
        }
        return new FileDiff(shown, cut);
    }

    private static String shortened(String line) {
        return line.length() <= MAX_LINE_CHARS ? line : line.substring(0, MAX_LINE_CHARS - 3) + "...";
    }

    /**
     * As clients read it: {@code type}, {@code filePath}, {@code structuredPatch}, and {@code truncated} if something is left out.
     *
     * @param type {@code create} or {@code update}
     */
    byte[] toJson(String type, Path file) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("type", type).put("filePath", file.toString());
        ArrayNode patch = json.putArray("structuredPatch");
        for (Hunk hunk : hunks) {
            ObjectNode one = patch.addObject();
            one.put("oldStart", hunk.oldStart()).put("oldLines", hunk.oldLines());
            one.put("newStart", hunk.newStart()).put("newLines", hunk.newLines());
            ArrayNode lines = one.putArray("lines");
            hunk.lines().forEach(lines::add);
        }
        if (cut) {
            json.put("truncated", true);
        }
        return json.toString().getBytes(StandardCharsets.UTF_8);
    }

    private static int sameAtStart(List<String> old, List<String> now) {
        int most = Math.min(old.size(), now.size());
        int same = 0;
        while (same < most && old.get(same).equals(now.get(same))) {
            same++;
        }
        return same;
    }

    private static int sameAtEnd(List<String> old, List<String> now) {
        int most = Math.min(old.size(), now.size());
        int same = 0;
        while (same < most && old.get(old.size() - 1 - same).equals(now.get(now.size() - 1 - same))) {
            same++;
        }
        return same;
    }
}
