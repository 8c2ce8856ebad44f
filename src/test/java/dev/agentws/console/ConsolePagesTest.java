package dev.agentws.console;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentws.websocket.PageSource.Page;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletionStage;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ConsolePagesTest {
    private static final Path SOURCES = Path.of("main/resources/dev/agentws/console");
    private static final Map<String, Page> ALL = ConsoleFiles.pages();

    private final ConsolePages pages = new ConsolePages(Runnable::run);

    @Test
    void thePageIsForBrowsersOnly() {
        assertThat(page("/", true)).map(Page::contentType).hasValue("text/html; charset=utf-8");
        assertThat(page("/", false)).isEmpty();
    }

    @Test
    void everyFileThatIsThereIsServedAndEveryFileThatThePageNamesIsThere() throws IOException {
        String html = text(page("/", true).orElseThrow());
        assertThat(html).doesNotContain("{base}");
        String folder = folder(html);
        try (Stream<Path> files = Files.walk(SOURCES)) {
            List<String> names = files.filter(Files::isRegularFile)
                    .map(file -> SOURCES.relativize(file).toString())
                    .filter(name -> !name.equals("index.html"))
                    .toList();
            assertThat(names).hasSizeGreaterThan(20);
            assertThat(names).allSatisfy(name -> assertThat(page(folder + name, false))
                    .map(ConsolePagesTest::text)
                    .hasValue(Files.readString(SOURCES.resolve(name))));
        }
        Matcher named = Pattern.compile("(?:href|src)=\"([^\"]+)\"").matcher(html);
        while (named.find()) {
            assertThat(page(named.group(1), false)).as(named.group(1)).isPresent();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/console/",
                "/console/x/main.js",
                "/console/../index.html",
                "FOLDER../ConsoleFiles.class",
                "FOLDER/etc/passwd",
                "FOLDERindex.html",
                "FOLDERlib/",
                "FOLDER"
            })
    void nothingElseIsServed(String path) {
        String folder = folder(text(Objects.requireNonNull(ALL.get("/"))));
        assertThat(page(path.replace("FOLDER", folder), true)).isEmpty();
    }

    @Test
    void thePageForbidsWhateverIsNotItsOwn() {
        Map<String, String> headers = page("/", true).orElseThrow().headers();
        assertThat(headers.get("content-security-policy"))
                .contains("default-src 'none'", "script-src 'self';", "style-src 'self';", "connect-src 'self';")
                .contains("frame-ancestors 'none'", "require-trusted-types-for 'script'")
                .doesNotContain("unsafe", "*", "http");
        assertThat(headers).containsEntry("referrer-policy", "no-referrer").containsEntry("cache-control", "no-cache");
    }

    @Test
    void whatCarriesItsVersionInItsPathIsKeptForGood() {
        assertThat(ALL).allSatisfy((path, page) -> {
            assertThat(page.headers().get("etag")).startsWith("W/\"");
            if (!path.equals("/")) {
                assertThat(page.headers().get("cache-control")).contains("immutable");
            }
        });
    }

    @Test
    void allOfItTogetherIsSmall() throws IOException {
        int bytes = 0;
        for (Page page : ALL.values()) {
            byte[] gzipped = Objects.requireNonNull(page.gzipped());
            bytes += gzipped.length;
            try (GZIPInputStream unpacked = new GZIPInputStream(new ByteArrayInputStream(gzipped))) {
                assertThat(unpacked.readAllBytes()).isEqualTo(page.body());
            }
        }
        assertThat(bytes).isLessThan(300_000);
    }

    @Test
    void nothingIsReadBeforeABrowserAsksAndNothingOnTheCallersThread() {
        Queue<Runnable> later = new ArrayDeque<>();
        ConsolePages lazy = new ConsolePages(later::add);
        assertThat(lazy.page("/metrics", true)).isCompletedWithValue(Optional.empty());
        assertThat(later).isEmpty();

        CompletionStage<Optional<Page>> first = lazy.page("/", true);
        CompletionStage<Optional<Page>> second = lazy.page("/", true);
        assertThat(first).isNotCompleted();
        assertThat(later).hasSize(1);
        later.remove().run();

        assertThat(first).isCompletedWithValueMatching(Optional::isPresent);
        assertThat(second).isCompletedWithValueMatching(Optional::isPresent);
    }

    private Optional<Page> page(String path, boolean html) {
        return pages.page(path, html).toCompletableFuture().join();
    }

    private static String text(Page page) {
        return new String(page.body(), StandardCharsets.UTF_8);
    }

    private static String folder(String html) {
        Matcher folder = Pattern.compile("\"(/console/[0-9a-f]{16}/)main.js\"").matcher(html);
        assertThat(folder.find()).isTrue();
        return folder.group(1);
    }
}
