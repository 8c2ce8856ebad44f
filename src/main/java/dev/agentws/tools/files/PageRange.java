package dev.agentws.tools.files;

import dev.agentws.tools.call.ToolFailure;
import dev.agentws.tools.call.ToolInput;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Pages of a document, counted from 1, both ends included. */
record PageRange(int first, int last) {
    static final int MAX_PAGES = 20;

    private static final Pattern FORM = Pattern.compile("\\s*(\\d{1,6})(?:\\s*-\\s*(\\d{1,6}))?\\s*");

    /** The field's range, or null when it is absent or blank. */
    static @Nullable PageRange read(ToolInput input, String field) throws ToolFailure {
        String text = input.optionalText(field);
        if (text == null || text.isBlank()) {
            return null;
        }
        Matcher form = FORM.matcher(text);
        if (!form.matches()) {
            throw input.wrong(field, "a page or a range of pages, such as 3 or 1-5");
        }
        int first = Integer.parseInt(form.group(1));
        int last = form.group(2) == null ? first : Integer.parseInt(form.group(2));
        if (first < 1 || last < first || last - first >= MAX_PAGES) {
            throw input.wrong(field, "pages from 1 on, in rising order, at most " + MAX_PAGES + " at a time");
        }
        return new PageRange(first, last);
    }

    @Override
    public String toString() {
        return first == last ? "" + first : first + "-" + last;
    }
}
