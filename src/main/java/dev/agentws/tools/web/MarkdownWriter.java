package dev.agentws.tools.web;

import java.util.List;
import java.util.Set;
import org.jsoup.nodes.Document;
import org.jsoup.nodes.Element;
import org.jsoup.nodes.Node;
import org.jsoup.nodes.TextNode;

/** Writes a page as Markdown: its text, headings, lists, tables, code and links, and nothing of its looks. Confined to one call. */
final class MarkdownWriter {
    private static final Set<String> LEFT_OUT = Set.of(
            "script",
            "style",
            "noscript",
            "template",
            "svg",
            "canvas",
            "iframe",
            "object",
            "head",
            "form",
            "button",
            "select",
            "input",
            "textarea",
            "dialog");
    private static final Set<String> BLOCKS = Set.of(
            "address",
            "article",
            "aside",
            "body",
            "dd",
            "details",
            "div",
            "dl",
            "dt",
            "fieldset",
            "figcaption",
            "figure",
            "footer",
            "header",
            "html",
            "main",
            "nav",
            "p",
            "section",
            "summary");

    private final StringBuilder out = new StringBuilder();
    /** What every new line begins with, inside quotes and lists. */
    private String indent = "";

    private MarkdownWriter() {}

    static String write(Document page) {
        MarkdownWriter writer = new MarkdownWriter();
        String title = page.title().strip();
        if (!title.isEmpty() && page.body().select("h1").isEmpty()) {
            writer.out.append("# ").append(title);
        }
        writer.children(page.body());
        return writer.out.toString().strip();
    }

    private void children(Element parent) {
        for (Node child : parent.childNodes()) {
            if (child instanceof TextNode text) {
                text(text.getWholeText());
            } else if (child instanceof Element element) {
                element(element);
            }
        }
    }

    private void element(Element element) {
        String name = element.normalName();
        if (LEFT_OUT.contains(name) || element.hasAttr("hidden")) {
            return;
        }
        if (BLOCKS.contains(name)) {
            block(element);
            return;
        }
        switch (name) {
            case "h1", "h2", "h3", "h4", "h5", "h6" -> heading(element, name.charAt(1) - '0');
            case "br" -> line();
            case "hr" -> {
                paragraph();
                out.append("---");
                paragraph();
            }
            case "pre" -> code(element);
            case "code", "kbd", "samp", "tt" -> around("`", element);
            case "strong", "b" -> around("**", element);
            case "em", "i" -> around("*", element);
            case "a" -> link(element);
            case "img" -> image(element);
            case "ul", "ol", "menu" -> list(element, name.equals("ol"));
            case "blockquote" -> quote(element);
            case "table" -> table(element);
            default -> children(element);
        }
    }

    private void block(Element element) {
        paragraph();
        children(element);
        paragraph();
    }

    private void heading(Element element, int level) {
        String text = element.text().strip();
        if (!text.isEmpty()) {
            paragraph();
            out.append("#".repeat(level)).append(' ').append(text);
            paragraph();
        }
    }

    private void code(Element element) {
        String text = element.wholeText();
        String fence = text.contains("```") ? "````" : "```";
        paragraph();
        out.append(fence);
        text.stripTrailing().lines().forEach(row -> newLine().append(row));
        newLine().append(fence);
        paragraph();
    }

    private void around(String mark, Element element) {
        if (element.selectFirst("pre, p, div, ul, ol, table") != null) {
            children(element);
            return;
        }
        String text = element.text().strip();
        if (!text.isEmpty()) {
            text(element.wholeText().startsWith(" ") ? " " : "");
            out.append(mark).append(text).append(mark);
        }
    }

    private void link(Element element) {
        String target = element.absUrl("href");
        String text = element.text().strip();
        if (text.isEmpty() || target.isEmpty() || target.startsWith("javascript:")) {
            children(element);
        } else {
            out.append('[')
                    .append(text.replace("]", "\\]"))
                    .append("](")
                    .append(target)
                    .append(')');
        }
    }

    /** Only with words: a model sees nothing of the rest. */
    private void image(Element element) {
        String words = element.attr("alt").strip();
        if (!words.isEmpty()) {
            out.append("![")
                    .append(words)
                    .append("](")
                    .append(element.absUrl("src"))
                    .append(')');
        }
    }

    private void list(Element list, boolean numbered) {
        boolean nested = !indent.isEmpty();
        if (nested) {
            line();
        } else {
            paragraph();
        }
        int number = 1;
        for (Element item : list.children()) {
            String mark = numbered ? number++ + ". " : "- ";
            line();
            out.append(mark);
            within(" ".repeat(mark.length()), item);
        }
        if (nested) {
            line();
        } else {
            paragraph();
        }
    }

    private void quote(Element element) {
        paragraph();
        out.append("> ");
        within("> ", element);
        paragraph();
    }

    private void within(String more, Element element) {
        String outer = indent;
        indent = outer + more;
        children(element);
        trimEnd();
        indent = outer;
    }

    private void table(Element table) {
        List<Element> rows = table.select("tr");
        paragraph();
        for (int i = 0; i < rows.size(); i++) {
            List<Element> cells = rows.get(i).select("> th, > td");
            line();
            out.append('|');
            cells.forEach(cell -> out.append(' ')
                    .append(cell.text().strip().replace("|", "\\|"))
                    .append(" |"));
            if (i == 0) {
                line();
                out.append('|').append(" --- |".repeat(Math.max(1, cells.size())));
            }
        }
        paragraph();
    }

    /** Text outside of code: any run of white space is one blank. */
    private void text(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean blank = Character.isWhitespace(c) || c == '\u00A0';
            if (!blank) {
                out.append(c);
            } else if (!endsInBlank()) {
                out.append(' ');
            }
        }
    }

    private boolean endsInBlank() {
        return out.isEmpty() || Character.isWhitespace(out.charAt(out.length() - 1));
    }

    /** A new line, unless one was just begun. */
    private void line() {
        if (!freshLine()) {
            trimEnd();
            out.append('\n').append(indent);
        }
    }

    /** A new line, also after an empty one. */
    private StringBuilder newLine() {
        return out.append('\n').append(indent);
    }

    /** An empty line, unless there is one. */
    private void paragraph() {
        if (freshLine() && (out.isEmpty() || blankLineBefore())) {
            return;
        }
        trimEnd();
        if (justMarked()) {
            out.append(' ');
            return;
        }
        dropEmptyQuoteLines();
        out.append('\n').append(indent.stripTrailing()).append('\n').append(indent);
    }

    /** Whether nothing follows the mark of a list's item or quote yet. */
    private boolean justMarked() {
        int start = out.lastIndexOf("\n") + 1;
        String row = out.substring(start).strip();
        return !indent.isEmpty() && (row.equals("-") || row.equals(">") || row.matches("[> -]*[0-9]+\\."));
    }

    private void dropEmptyQuoteLines() {
        while (out.length() > 1 && out.charAt(out.length() - 1) == '>' && indent.indexOf('>') < 0) {
            int start = out.lastIndexOf("\n");
            if (!out.substring(start + 1).replace(">", "").isBlank()) {
                return;
            }
            out.setLength(Math.max(0, start));
        }
    }

    private boolean freshLine() {
        return out.isEmpty() || (out.length() > indent.length() && endsWith("\n" + indent));
    }

    private boolean blankLineBefore() {
        return endsWith("\n" + indent.stripTrailing() + "\n" + indent);
    }

    private boolean endsWith(String end) {
        int from = out.length() - end.length();
        return from >= 0 && out.indexOf(end, from) == from;
    }

    private void trimEnd() {
        int end = out.length();
        while (end > 0 && (Character.isWhitespace(out.charAt(end - 1)))) {
            end--;
        }
        out.setLength(end);
    }
}
