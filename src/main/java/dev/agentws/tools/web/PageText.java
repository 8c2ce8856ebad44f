package dev.agentws.tools.web;

import dev.agentws.tools.call.Shown;
import dev.agentws.tools.call.ToolFailure;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.Charset;
import java.nio.charset.IllegalCharsetNameException;
import java.nio.charset.StandardCharsets;
import java.nio.charset.UnsupportedCharsetException;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jsoup.Jsoup;
import org.jspecify.annotations.Nullable;

/** Makes text of what a server sent. */
final class PageText {
    private static final Pattern CHARSET =
            Pattern.compile(";\\s*charset\\s*=\\s*\"?([^\\s\";]+)", Pattern.CASE_INSENSITIVE);

    private PageText() {}

    /** Refuses what no text can be made of, by its content type. */
    static void requireReadable(String url, String contentType) throws ToolFailure {
        String type = type(contentType);
        boolean readable = type.isEmpty()
                || type.startsWith("text/")
                || type.equals("application/json")
                || type.equals("application/xml")
                || type.equals("application/xhtml+xml")
                || type.equals("application/javascript")
                || type.equals("application/yaml")
                || type.endsWith("+json")
                || type.endsWith("+xml");
        if (type.startsWith("image/") || !readable) {
            throw new ToolFailure(url + ": is " + Shown.line(type, 100)
                    + " (expected: a page of text, such as HTML, Markdown, JSON or XML). Nothing was loaded.");
        }
    }

    /** @param contentType as the server said it */
    static String of(String url, String contentType, byte[] body) {
        String type = type(contentType);
        Charset charset = charset(contentType);
        if (type.equals("text/html")
                || type.equals("application/xhtml+xml")
                || (type.isEmpty() && looksLikeHtml(body))) {
            try {
                return MarkdownWriter.write(
                        Jsoup.parse(new ByteArrayInputStream(body), charset == null ? null : charset.name(), url));
            } catch (IOException impossible) {
                throw new UncheckedIOException(impossible);
            }
        }
        String text = new String(body, charset == null ? StandardCharsets.UTF_8 : charset);
        return text.startsWith("\uFEFF") ? text.substring(1) : text;
    }

    private static boolean looksLikeHtml(byte[] body) {
        String start = new String(body, 0, Math.min(body.length, 500), StandardCharsets.ISO_8859_1);
        String lower = start.toLowerCase(Locale.ROOT);
        return lower.contains("<!doctype html") || lower.contains("<html");
    }

    private static String type(String contentType) {
        int end = contentType.indexOf(';');
        return (end < 0 ? contentType : contentType.substring(0, end)).strip().toLowerCase(Locale.ROOT);
    }

    /** Null when none is named, or none that exists: then the page itself is asked. */
    private static @Nullable Charset charset(String contentType) {
        Matcher matcher = CHARSET.matcher(contentType);
        try {
            return matcher.find() ? Charset.forName(matcher.group(1)) : null;
        } catch (IllegalCharsetNameException | UnsupportedCharsetException unknown) {
            return null;
        }
    }
}
