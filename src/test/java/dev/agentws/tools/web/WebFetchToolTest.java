package dev.agentws.tools.web;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.agentws.agent.tool.Access;
import dev.agentws.agent.tool.SmallModel;
import dev.agentws.agent.tool.ToolPlan;
import dev.agentws.agent.tool.ToolResult;
import dev.agentws.tools.call.BuiltInTool;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicLong;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class WebFetchToolTest {
    private static final int MAX_BYTES = 100_000;
    private static final int MAX_CHARS = 1_000;

    private final List<String> lookups = new ArrayList<>();
    private final List<String> asked = new ArrayList<>();
    private final AtomicLong passed = new AtomicLong();
    private HostResolver resolver = host -> new InetAddress[] {InetAddress.getLoopbackAddress()};
    private AddressPolicy policy = InetAddress::isLoopbackAddress;
    private SmallModel reader = (instructions, text) -> {
        asked.add(text);
        return "an answer";
    };
    private WebSite site;
    private WebPages pages;

    @BeforeEach
    void open() throws Exception {
        site = new WebSite();
        pages = pages(Duration.ofSeconds(20));
    }

    private WebPages pages(Duration most) {
        HostResolver noted = host -> {
            lookups.add(host);
            return resolver.resolve(host);
        };
        return new WebPages(
                site.bounds(MAX_BYTES, most),
                noted,
                address -> policy.allows(address),
                site::trust,
                () -> System.nanoTime() + passed.get());
    }

    @AfterEach
    void close() {
        site.close();
    }

    private ToolPlan plan(String url, int offset) throws InterruptedException {
        ObjectNode input = new ObjectMapper().createObjectNode().put("url", url).put("prompt", "what?");
        if (offset > 0) {
            input.put("offset", offset);
        }
        WebFetchTool tool = new WebFetchTool(pages, reader, MAX_CHARS, System::nanoTime);
        return new BuiltInTool(WebFetchTool.SPEC, true, tool::plan).plan(input);
    }

    private ToolResult fetch(String url) throws InterruptedException {
        return ((ToolPlan.Ready) plan(url, 0)).body().run((stream, text) -> {});
    }

    private String failure(String url) throws InterruptedException {
        ToolResult result = fetch(url);
        assertThat(result.isError()).as(result.text()).isTrue();
        return result.text();
    }

    @Test
    void thePromptIsAnsweredOverThePageAsMarkdown() throws Exception {
        site.at("/a", "text/html; charset=utf-8", "<title>T</title><p>Grüße <b>bold</b> <a href='/x?y=1'>link</a>");
        ToolResult result = fetch(site.url("/a"));
        assertThat(result.text()).isEqualTo("an answer");
        assertThat(asked.get(0))
                .startsWith("<page url=\"" + site.url("/a") + "\">\n")
                .contains("# T", "Grüße **bold** [link](" + site.url("/x?y=1") + ")")
                .endsWith("</page>\n\nwhat?");
        assertThat(new String(result.details(), UTF_8)).contains("\"code\":200", "\"bytes\":", "\"codeText\":\"OK\"");
        assertThat(site.requests.get(0))
                .startsWith("GET /a ")
                .contains("User-agent=[agentws", "Host=[" + WebSite.HOST + ":" + site.port() + "]")
                .doesNotContainIgnoringCase("cookie");
    }

    @Test
    void theRulesSeeTheHost() throws Exception {
        Access access = ((ToolPlan.Ready) plan("HTTP://Example.COM./x", 0)).access();
        assertThat(access.kind()).isEqualTo(Access.Kind.FETCH);
        assertThat(access.subject()).isEqualTo("example.com");
    }

    @Test
    void aNameWithOnePrivateAddressIsNotConnectedTo() throws Exception {
        policy = new PublicAddresses();
        resolver = host -> new InetAddress[] {InetAddress.getByName("8.8.8.8"), InetAddress.getByName("10.0.0.1")};
        assertThat(failure(site.url("/"))).contains("leads to 10.0.0.1", "not a public address");
        assertThat(failure("http://127.0.0.1/")).contains("leads to");
        assertThat(site.requests).isEmpty();
    }

    @Test
    void theHostIsLookedUpOnceSoThatASecondAnswerCannotLeadElsewhere() throws Exception {
        resolver = host -> {
            if (lookups.size() > 1) {
                throw new AssertionError("looked up twice");
            }
            return new InetAddress[] {InetAddress.getLoopbackAddress()};
        };
        site.at("/a", "text/plain", "text");
        assertThat(fetch(site.url("/a")).isError()).isFalse();
        assertThat(lookups).containsExactly(WebSite.HOST);
    }

    @Test
    void everyRedirectIsLookedUpAndCheckedAgain() throws Exception {
        site.at("/a", WebSite.redirect(302, "/b"));
        site.at("/b", "text/plain", "secret");
        policy = address -> lookups.size() < 2;
        assertThat(failure(site.url("/a"))).contains("not a public address");
        assertThat(site.requests).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {301, 302, 303, 307, 308})
    void redirectsWithinTheHostAreFollowed(int code) throws Exception {
        site.at("/a", WebSite.redirect(code, "b?c=d"));
        site.at("/b", "text/plain", "text");
        assertThat(fetch(site.url("/a")).text()).isEqualTo("an answer");
        assertThat(asked.get(0)).contains(site.url("/b?c=d"));
    }

    @Test
    void aRedirectToAnotherHostIsToldAndNotFollowed() throws Exception {
        site.at("/a", WebSite.redirect(302, "http://other.example.org/x?y"));
        assertThat(fetch(site.url("/a")).text())
                .contains("redirects (302) to another host: https://other.example.org/x?y", "was not followed");
        assertThat(lookups).containsExactly(WebSite.HOST);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://127.1/",
                "file:///etc/passwd",
                "http://localhost/",
                "//user@site.example.com/",
                "https://site.example.com:22/",
                "http://[::1%25lo]/",
                "http://metadata.google.internal/"
            })
    void aRedirectToWhatMayNotBeAskedForIsRefused(String location) throws Exception {
        site.at("/a", WebSite.redirect(302, location));
        assertThat(failure(site.url("/a"))).contains("url: ");
        assertThat(lookups).hasSize(1);
    }

    @Test
    void moreThanFiveRedirectsAreTooMany() throws Exception {
        for (int i = 0; i < 7; i++) {
            site.at("/" + i, WebSite.redirect(302, "/" + (i + 1)));
        }
        assertThat(failure(site.url("/0"))).contains("more than 5 redirects");
        assertThat(site.requests).hasSize(6);
    }

    @Test
    void aServerThatProvesAnotherNameIsNotTrusted() throws Exception {
        site.at("/a", "text/plain", "text");
        assertThat(failure("https://wrong.example.com:" + site.port() + "/a")).contains("could not be loaded");
        assertThat(site.requests).isEmpty();
    }

    @Test
    void compressedPagesAreRead() throws Exception {
        site.at(
                "/gzip",
                WebSite.bytes(200, Map.of("Content-Type", "text/plain", "Content-Encoding", "gzip"), gzip(5_000)));
        ByteArrayOutputStream deflated = new ByteArrayOutputStream();
        try (DeflaterOutputStream out = new DeflaterOutputStream(deflated)) {
            out.write("deflated".getBytes(UTF_8));
        }
        site.at("/deflate", WebSite.bytes(200, Map.of("Content-Encoding", "deflate"), deflated.toByteArray()));
        fetch(site.url("/gzip"));
        fetch(site.url("/deflate"));
        assertThat(asked.get(0)).contains("\n" + "x".repeat(1_000) + "\n");
        assertThat(asked.get(1)).contains("\ndeflated\n");
        site.at("/br", WebSite.bytes(200, Map.of("Content-Encoding", "zz"), new byte[] {1}));
        assertThat(failure(site.url("/br"))).contains("content-encoding zz (expected: gzip or deflate)");
    }

    @Test
    void aPageThatGrowsWithoutEndIsCutAtTheCap() throws Exception {
        site.at(
                "/bomb",
                WebSite.bytes(200, Map.of("Content-Type", "text/plain", "Content-Encoding", "gzip"), gzip(50 << 20)));
        site.at("/flood", exchange -> {
            exchange.sendResponseHeaders(200, 0);
            try {
                while (true) {
                    exchange.getResponseBody().write(new byte[8_192]);
                }
            } catch (IOException gone) {
                exchange.close();
            }
        });
        assertThat(fetch(site.url("/bomb")).text()).contains("only its first 100000 bytes were loaded");
        assertThat(fetch(site.url("/flood")).text()).contains("only its first 100000 bytes were loaded");
    }

    private static byte[] gzip(int size) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
            byte[] some = "x".repeat(1 << 16).getBytes(UTF_8);
            for (int left = size; left > 0; left -= some.length) {
                out.write(some, 0, Math.min(left, some.length));
            }
        }
        return bytes.toByteArray();
    }

    @Test
    void aServerThatNeverAnswersIsGivenUpInTime() throws Exception {
        pages = pages(Duration.ofMillis(300));
        CountDownLatch done = new CountDownLatch(1);
        site.at("/a", exchange -> {
            try {
                done.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        assertThat(failure(site.url("/a"))).contains("it took too long");
        done.countDown();
    }

    @Test
    void anInterruptEndsTheLoading() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch done = new CountDownLatch(1);
        site.at("/a", exchange -> {
            begun.countDown();
            try {
                done.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        FutureTask<Boolean> outcome = new FutureTask<>(() -> {
            assertThatThrownBy(() -> fetch(site.url("/a"))).isInstanceOf(InterruptedException.class);
            return true;
        });
        Thread worker = new Thread(outcome);
        worker.start();
        begun.await();
        worker.interrupt();
        assertThat(outcome.get()).isTrue();
        done.countDown();
    }

    @Test
    void whatIsNoTextIsRefusedUnread() throws Exception {
        for (String type : List.of("image/png", "image/svg+xml", "application/pdf", "application/octet-stream")) {
            site.at("/a", type, "data");
            assertThat(failure(site.url("/a"))).contains("is " + type, "expected: a page of text");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"application/json", "application/ld+json", "text/csv", "application/xml", "text/markdown"})
    void textOfOtherKindsIsHandedOnAsItIs(String type) throws Exception {
        site.at("/a", type, "{\"a\": <b>}");
        fetch(site.url("/a"));
        assertThat(asked.get(0)).contains("\n{\"a\": <b>}\n");
    }

    @Test
    void charsetsAreTakenFromTheHeadOrThePage() throws Exception {
        byte[] latin = "<meta charset=iso-8859-1><p>Grüße".getBytes(java.nio.charset.StandardCharsets.ISO_8859_1);
        site.at("/meta", WebSite.bytes(200, Map.of("Content-Type", "text/html"), latin));
        site.at("/head", WebSite.bytes(200, Map.of("Content-Type", "text/plain; charset=\"ISO-8859-1\""), latin));
        fetch(site.url("/meta"));
        fetch(site.url("/head"));
        assertThat(asked).allMatch(text -> text.contains("Grüße"));
    }

    @Test
    void errorPagesAreReadTooAndNotKept() throws Exception {
        assertThat(fetch(site.url("/absent")).text()).isEqualTo("[The server answered with 404 Not Found.]\nan answer");
        fetch(site.url("/absent"));
        assertThat(site.requests).hasSize(2);
    }

    @Test
    void aPageIsKnownForFifteenMinutes() throws Exception {
        site.at("/a", "text/plain", "text");
        fetch(site.url("/a"));
        passed.set(Duration.ofMinutes(14).toNanos());
        fetch(site.url("/a"));
        assertThat(site.requests).hasSize(1);
        passed.set(Duration.ofMinutes(16).toNanos());
        fetch(site.url("/a"));
        assertThat(site.requests).hasSize(2);
        assertThat(asked).hasSize(3);
    }

    @Test
    void aLongPageIsReadInParts() throws Exception {
        site.at("/a", "text/plain", "a".repeat(1_000) + "b".repeat(500));
        assertThat(fetch(site.url("/a")).text())
                .isEqualTo(
                        "an answer\n\n[This is about characters 0 to 1000 of 1500 of the page. Go on with offset 1000.]");
        ToolResult rest = ((ToolPlan.Ready) plan(site.url("/a"), 1_000)).body().run((stream, text) -> {});
        assertThat(rest.text()).endsWith("[This is about characters 1000 to 1500 of 1500 of the page.]");
        assertThat(asked.get(1)).contains("\n" + "b".repeat(500) + "\n").doesNotContain("aaa");
        assertThat(((ToolPlan.Ready) plan(site.url("/a"), 1_500))
                        .body()
                        .run((stream, text) -> {})
                        .text())
                .contains("offset: 1500 (expected: less than the page's 1500 characters)");
    }

    @Test
    void withoutAModelThePageItselfIsTheAnswer() throws Exception {
        reader = (instructions, text) -> {
            throw new SmallModel.Unavailable("overloaded");
        };
        site.at("/a", "text/plain", "the text");
        assertThat(fetch(site.url("/a")).text())
                .isEqualTo("[The prompt could not be followed (overloaded); this is the page itself.]\n\nthe text");
    }

    @Test
    void aHostThatDoesNotExistIsSaidSo() throws Exception {
        resolver = host -> {
            throw new UnknownHostException(host);
        };
        assertThat(failure(site.url("/a"))).contains(WebSite.HOST + ": no such host");
    }
}
