package dev.agentws.tools.files;

import dev.agentws.tools.call.ToolFailure;
import java.io.IOException;
import java.nio.file.Path;

/** The part of a file that one Read shows. Stops reading as soon as the page is full. Confined to one call. */
final class TextPage {
    static final int MAX_LINE_CHARS = 2_000;

    private static final String NOT_UTF8 =
            "\n\n[U+FFFD stands for bytes that are not valid UTF-8. Edit refuses a file with such bytes.]";

    private final long offset;
    private final long limit;
    private final boolean explicit;
    private final int tokenCap;
    private final StringBuilder text = new StringBuilder();
    private long bytes;
    private long number;
    private long last;
    private boolean full;
    private boolean reachedEnd;

    /**
     * @param explicit whether the model asked for this range, so that too much is an error and not a page
     * @param tokenCap in tokens, estimated as bytes / 4
     */
    TextPage(long offset, long limit, boolean explicit, int tokenCap) {
        this.offset = offset;
        this.limit = limit;
        this.explicit = explicit;
        this.tokenCap = tokenCap;
    }

    String show(LineReader lines, Path path, long size) throws IOException, InterruptedException, ToolFailure {
        while (!full && last - offset + 1 < limit) {
            if (!lines.next()) {
                reachedEnd = true;
                break;
            }
            if (lines.sawNul()) {
                throw new ToolFailure(path + ": is a binary file, it holds NUL bytes (expected: a text file in UTF-8)");
            }
            number++;
            if (number >= offset) {
                add(lines);
            }
        }
        if (!full && !reachedEnd) {
            reachedEnd = !lines.next();
        }
        if (full && explicit) {
            throw new ToolFailure("Lines " + offset + " to " + number + " of " + path + " are over the limit of "
                    + tokenCap + " tokens already. Ask for fewer lines with limit, or look for the place with Grep.");
        }
        if (number < offset) {
            return nothing(path);
        }
        return text + (text.indexOf("\uFFFD") < 0 ? "" : NOT_UTF8) + (full ? partial(size) : "");
    }

    long first() {
        return offset;
    }

    long last() {
        return last;
    }

    boolean reachedEnd() {
        return reachedEnd;
    }

    private void add(LineReader lines) {
        String line = lines.line();
        if (lines.cut()) {
            line += "... [line cut: " + MAX_LINE_CHARS + " of " + lines.length() + " chars shown]";
        }
        String row = number + "\t" + line;
        bytes += utf8Length(row) + 1;
        if (bytes > tokenCap * 4L) {
            full = true;
            return;
        }
        if (last > 0) {
            text.append('\n');
        }
        text.append(row);
        last = number;
    }

    private String nothing(Path path) {
        return number == 0
                ? "The file " + path + " exists but is empty."
                : "The file " + path + " has only " + number + " lines; offset " + offset + " is past its end.";
    }

    private String partial(long size) {
        return "\n\n[PARTIAL view: lines " + offset + "-" + last + " of a file of " + size
                + " bytes, because the whole is over the limit" + " of " + tokenCap + " tokens. Go on with offset "
                + (last + 1) + " and a limit.]";
    }

    private static long utf8Length(String text) {
        long length = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            length += c < 0x80 ? 1 : c < 0x800 || Character.isSurrogate(c) ? 2 : 3;
        }
        return length;
    }
}
