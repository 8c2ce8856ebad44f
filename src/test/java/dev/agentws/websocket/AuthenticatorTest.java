package dev.agentws.websocket;

import static dev.agentws.websocket.ServerFixture.closeFrame;
import static dev.agentws.websocket.ServerFixture.error;
import static dev.agentws.websocket.ServerFixture.frame;
import static dev.agentws.websocket.ServerFixture.received;
import static dev.agentws.websocket.ServerFixture.send;
import static dev.agentws.websocket.ServerFixture.text;
import static org.assertj.core.api.Assertions.assertThat;

import dev.agentws.protocol.ClientMessage;
import dev.agentws.websocket.TokenCheck.Verdict;
import io.netty.channel.embedded.EmbeddedChannel;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class AuthenticatorTest {
    private static final String SUCCESS = frame("{\"type\":\"auth_success\"}");
    private static final String REFUSED = closeFrame(1008, "Authentication required");
    private static final String WRONG = error("Invalid token", "invalid_token", "auth", false) + REFUSED;

    private final ServerFixture server = new ServerFixture();
    private final WebSocketConfig config = WebSocketConfig.defaults();
    private EmbeddedChannel channel = new EmbeddedChannel();

    @AfterEach
    void nothingIsLeft() {
        assertThat(channel.finish()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"sesame", " sesame\\n", "Bearer sesame", "  bearer   sesame "})
    void aTokenInTheFirstMessageLetsIn(String token) {
        channel = server.upgraded(config, "");

        send(channel, text("{\"type\":\"auth\",\"token\":\"" + token + "\"}"));

        assertThat(received(channel)).isEqualTo(SUCCESS);
        assertThat(server.handlers.opened).hasSize(1);
    }

    @Test
    void aTokenInTheHeaderLetsIn() {
        channel = server.connect(config);

        send(
                channel,
                ServerFixture.upgradeRequest("").replace("Upgrade: ", "Authorization: Bearer sesame\r\nUpgrade: "));

        assertThat(received(channel)).endsWith(SUCCESS);
    }

    @Test
    void aWrongTokenInTheAddressIsNotFinal() {
        channel = server.upgraded(config, "?token=old");

        send(channel, text("{\"type\":\"auth\",\"token\":\"sesame\"}"));

        assertThat(received(channel)).isEqualTo(SUCCESS);
    }

    @Test
    void aWrongTokenInAMessageIsFinal() {
        channel = server.upgraded(config, "");

        send(channel, text("{\"type\":\"auth\",\"token\":\"old\"}"));

        assertThat(received(channel)).isEqualTo(WRONG);
        assertThat(server.handlers.opened).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"type\":\"list_sessions\"}", "{}", "nonsense", "{\"type\":\"auth\"}"})
    void aFirstMessageThatIsNotAuthFails(String message) {
        channel = server.upgraded(config, "");

        send(channel, text(message));

        assertThat(received(channel))
                .contains("\"code\":\"auth_required\",\"request_type\":\"auth\"")
                .endsWith(REFUSED);
        assertThat(server.handlers.messages).isEmpty();
    }

    @Test
    void silenceFailsAfterTenSecondsHoweverManyPingsCome() {
        channel = server.upgraded(config, "");

        server.clock.advance(Duration.ofMillis(9_999));
        send(channel, ServerFixture.masked(0x89, new byte[0]));
        server.sweep(channel);
        assertThat(received(channel)).isEqualTo("\u008a\u0000");

        server.clock.advance(Duration.ofMillis(1));
        server.sweep(channel);
        assertThat(received(channel))
                .isEqualTo(error("Authentication required: no valid token in time", "auth_timeout", "auth", true)
                        + REFUSED);
    }

    @Test
    void onceInThereIsNoDeadline() {
        channel = server.authenticated(config);

        server.clock.advance(Duration.ofSeconds(11));
        server.sweep(channel);

        assertThat(received(channel)).isEmpty();
    }

    @Test
    void whatIsSentWhileTheTokenIsCheckedWaitsInOrder() {
        CompletableFuture<Verdict> check = new CompletableFuture<>();
        server.slowChecks.put("slow", check);
        channel = server.upgraded(config, "?token=slow");

        send(channel, text("{\"type\":\"list_sessions\"}"));
        send(
                channel,
                text("{\"type\":\"end_session\",\"session_id\":\"" + "s".repeat(100) + "\",\"x\":\""
                        + "y".repeat(100_000) + "\"}"));
        assertThat(channel.config().isAutoRead()).isFalse();
        assertThat(received(channel)).isEmpty();

        check.complete(Verdict.ACCEPTED);
        assertThat(received(channel)).isEqualTo(SUCCESS);
        assertThat(channel.config().isAutoRead()).isTrue();
        assertThat(server.handlers.messages)
                .containsExactly(new ClientMessage.ListSessions(null), new ClientMessage.EndSession("s".repeat(100)));
    }

    @Test
    void aMessageBeforeAuthenticationMustBeSmall() {
        channel = server.upgraded(config, "");

        send(channel, text("{\"type\":\"auth\",\"token\":\"sesame\",\"x\":\"" + "y".repeat(70_000) + "\"}"));

        assertThat(received(channel)).isEqualTo(closeFrame(1009, "Message too big"));
    }

    @Test
    void anAuthAndABigPromptMayComeTogether() {
        channel = server.upgraded(config, "");
        byte[] auth = text("{\"type\":\"auth\",\"token\":\"sesame\"}");
        byte[] prompt =
                text("{\"type\":\"send_prompt\",\"session_id\":\"s\",\"prompt\":\"" + "y".repeat(200_000) + "\"}");
        byte[] both = new byte[auth.length + prompt.length];
        System.arraycopy(auth, 0, both, 0, auth.length);
        System.arraycopy(prompt, 0, both, auth.length, prompt.length);

        send(channel, both);

        assertThat(received(channel)).isEqualTo(SUCCESS);
        assertThat(server.handlers.messages).hasSize(1);
    }

    @Test
    void anAnswerThatComesTooLateChangesNothing() {
        CompletableFuture<Verdict> check = new CompletableFuture<>();
        server.slowChecks.put("slow", check);
        channel = server.upgraded(config, "?token=slow");
        server.clock.advance(Duration.ofSeconds(10));
        server.sweep(channel);
        assertThat(received(channel)).contains("auth_timeout").endsWith(REFUSED);

        check.complete(Verdict.ACCEPTED);

        assertThat(received(channel)).isEmpty();
        assertThat(server.handlers.opened).isEmpty();
    }

    @Test
    void theClosingHandshakeWorksInTheMiddleOfACheck() {
        server.slowChecks.put("slow", new CompletableFuture<>());
        channel = server.upgraded(config, "?token=slow");
        server.clock.advance(Duration.ofSeconds(10));
        server.sweep(channel);
        received(channel);

        send(channel, ServerFixture.masked(0x88, new byte[] {3, (byte) 0xF0}));

        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void aCheckThatBreaksCountsAsWrong() {
        channel = server.upgraded(config, "");

        send(channel, text("{\"type\":\"auth\",\"token\":\"broken\"}"));

        assertThat(received(channel)).isEqualTo(WRONG);
    }

    @Test
    void withoutAKeyEveryTokenIsRefusedWithTheReason() {
        server.key = null;
        channel = server.upgraded(config, "");

        send(channel, text("{\"type\":\"auth\",\"token\":\"sesame\"}"));

        assertThat(received(channel)).isEqualTo(error(Authenticator.NO_KEY, "auth_required", "auth", false) + REFUSED);
    }

    @Test
    void withAuthenticationOffEveryMessageIsTakenAtOnce() {
        channel = server.upgraded(config.withAuthEnabled(false), "");

        send(channel, text("{\"type\":\"list_sessions\"}"));
        send(channel, text("{\"type\":\"auth\",\"token\":\"anything\"}"));

        assertThat(server.handlers.messages).containsExactly(new ClientMessage.ListSessions(null));
        assertThat(received(channel)).isEqualTo(SUCCESS);
    }

    @Test
    void anAddressThatFailedTooOftenIsLetInByTheRightTokenOnly() {
        WebSocketConfig.Rates rates = new WebSocketConfig.Rates(
                config.rates().messages(),
                config.rates().prompts(),
                new WebSocketConfig.Rate(2, Duration.ofMinutes(1)));
        for (int i = 0; i < 2; i++) {
            EmbeddedChannel failing = server.upgraded(config.withRates(rates), "");
            send(failing, text("{\"type\":\"auth\",\"token\":\"old\"}"));
            assertThat(received(failing)).isEqualTo(WRONG);
            assertThat(failing.finish()).isFalse();
        }

        EmbeddedChannel refused = server.upgraded(config.withRates(rates), "");
        send(refused, text("{\"type\":\"auth\",\"token\":\"old\"}"));
        assertThat(received(refused))
                .contains(
                        "\"code\":\"rate_limited\",\"request_type\":\"auth\",\"retryable\":true,\"retry_after_ms\":60000}")
                .endsWith(REFUSED);
        assertThat(refused.finish()).isFalse();

        EmbeddedChannel right = server.upgraded(config.withRates(rates), "");
        send(right, text("{\"type\":\"auth\",\"token\":\"sesame\"}"));
        assertThat(received(right)).isEqualTo(SUCCESS);
        assertThat(right.finish()).isFalse();

        server.clock.advance(Duration.ofSeconds(61));
        channel = server.upgraded(config.withRates(rates), "");
        send(channel, text("{\"type\":\"auth\",\"token\":\"old\"}"));
        assertThat(received(channel)).isEqualTo(WRONG);
    }

    @Test
    void onlySoManyMayOweAToken() {
        WebSocketConfig.Connections few = new WebSocketConfig.Connections(10, 1, 0, 1, 1);
        EmbeddedChannel waiting = server.upgraded(config.withConnections(few), "");
        EmbeddedChannel refused = server.connect(config.withConnections(few));
        send(refused, ServerFixture.upgradeRequest(""));
        assertThat(received(refused)).endsWith(closeFrame(1013, "Too many connections"));
        assertThat(refused.finish()).isFalse();

        send(waiting, text("{\"type\":\"auth\",\"token\":\"sesame\"}"));
        assertThat(received(waiting)).isEqualTo(SUCCESS);
        channel = server.upgraded(config.withConnections(few), "");
        assertThat(received(channel)).isEmpty();
        assertThat(waiting.finish()).isFalse();
    }

    @Test
    void onlySoManyMayBeConnected() {
        WebSocketConfig.Connections few = new WebSocketConfig.Connections(1, 5, 0, 1, 1);
        EmbeddedChannel first = server.authenticated(config.withConnections(few));
        EmbeddedChannel second = server.connect(config.withConnections(few));
        send(second, ServerFixture.upgradeRequest("?token=sesame"));
        assertThat(received(second)).startsWith("HTTP/1.1 101 ").endsWith(closeFrame(1013, "Too many connections"));
        assertThat(second.finish()).isFalse();
        assertThat(first.finish()).isFalse();

        channel = server.authenticated(config.withConnections(few));
    }
}
