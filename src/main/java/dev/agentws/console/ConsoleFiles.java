package dev.agentws.console;

import dev.agentws.websocket.PageSource.Page;
import java.io.ByteArrayOutputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.GZIPOutputStream;

/**
 * The files of the console as documents. What {@code index.html} names is served, and nothing else. All of it but the page lies below a
 * folder that is named after its content, so that a browser may keep it for good and never mixes two versions.
 */
final class ConsoleFiles {
    static final String FOLDER = "/console/";

    private static final String INDEX = "index.html";
    /** Stands in the page for the folder. */
    private static final String BASE = "{base}";

    private static final Pattern NAMED = Pattern.compile("\\{base}([a-z0-9./-]+)");

    private static final Map<String, String> TYPES = Map.of(
            "html", "text/html; charset=utf-8",
            "js", "text/javascript; charset=utf-8",
            "css", "text/css; charset=utf-8",
            "svg", "image/svg+xml",
            "txt", "text/plain; charset=utf-8");

    /** Nothing from elsewhere, no code in the page itself, and no text becomes code but by the sanitiser. */
    private static final String POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self';"
            + " img-src 'self' data: blob:; form-action 'none'; base-uri 'none'; frame-ancestors 'none';"
            + " require-trusted-types-for 'script'; trusted-types dompurify";

    private ConsoleFiles() {}

    /** Reads and compresses all. Blocks. */
    static Map<String, Page> pages() {
        try {
            byte[] index = read(INDEX);
            String html = new String(index, StandardCharsets.UTF_8);
            Map<String, byte[]> files = new LinkedHashMap<>();
            Matcher named = NAMED.matcher(html);
            while (named.find()) {
                files.put(named.group(1), read(named.group(1)));
            }
            String folder = FOLDER + version(index, files) + "/";
            Map<String, Page> pages = new HashMap<>();
            for (Map.Entry<String, byte[]> file : files.entrySet()) {
                pages.put(folder + file.getKey(), lasting(file.getKey(), file.getValue()));
            }
            pages.put("/", page(html.replace(BASE, folder).getBytes(StandardCharsets.UTF_8)));
            return Map.copyOf(pages);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Page page(byte[] html) throws IOException {
        return document(
                INDEX,
                html,
                Map.of(
                        "cache-control",
                        "no-cache",
                        "content-security-policy",
                        POLICY,
                        "x-frame-options",
                        "DENY",
                        "referrer-policy",
                        "no-referrer",
                        "cross-origin-opener-policy",
                        "same-origin",
                        "cross-origin-resource-policy",
                        "same-origin",
                        "permissions-policy",
                        "camera=(), microphone=(), geolocation=()"));
    }

    private static Page lasting(String name, byte[] content) throws IOException {
        return document(
                name,
                content,
                Map.of(
                        "cache-control",
                        "public, max-age=31536000, immutable",
                        "cross-origin-resource-policy",
                        "same-origin"));
    }

    private static Page document(String name, byte[] content, Map<String, String> headers) throws IOException {
        Map<String, String> all = new HashMap<>(headers);
        // Weak, because the compressed form has the same one.
        all.put("etag", "W/\"" + version(content, Map.of()) + "\"");
        String type = TYPES.get(name.substring(name.lastIndexOf('.') + 1));
        if (type == null) {
            throw new IllegalStateException(name + " (expected: a file that ends in one of " + TYPES.keySet() + ")");
        }
        return new Page(type, content, gzip(content), Map.copyOf(all));
    }

    private static byte[] read(String name) throws IOException {
        try (InputStream file = ConsoleFiles.class.getResourceAsStream(name)) {
            if (file == null) {
                throw new FileNotFoundException("resource " + name + " of the console");
            }
            return file.readAllBytes();
        }
    }

    private static byte[] gzip(byte[] content) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(content.length / 2 + 64);
        try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
            gzip.write(content);
        }
        return bytes.toByteArray();
    }

    private static String version(byte[] first, Map<String, byte[]> more) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(first);
            more.values().forEach(digest::update);
            return HexFormat.of().formatHex(digest.digest(), 0, 8);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
