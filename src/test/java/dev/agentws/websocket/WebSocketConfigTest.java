package dev.agentws.websocket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;

final class WebSocketConfigTest {
    @Test
    void theDefaultsAreThoseOfTheContract() {
        WebSocketConfig config = WebSocketConfig.defaults();

        assertThat(config.authEnabled()).isTrue();
        assertThat(config.messages().maxBytes()).isEqualTo(16 * 1024 * 1024);
        assertThat(config.deadlines().auth()).isEqualTo(Duration.ofSeconds(10));
        assertThat(config.deadlines().pingInterval()).isEqualTo(Duration.ofSeconds(30));
        assertThat(config.deadlines().pong()).isEqualTo(Duration.ofSeconds(10));
        assertThat(config.connections().max()).isEqualTo(10_000);
    }

    @Test
    void aBadValueIsNamedWithWhatWasExpected() {
        assertThatThrownBy(() -> new WebSocketConfig.Messages(0, 1, 1)).hasMessage("maxBytes: 0 (expected: > 0)");
        assertThatThrownBy(() -> new WebSocketConfig.Rate(1, Duration.ZERO)).hasMessage("period: PT0S (expected: > 0)");
        assertThatThrownBy(() -> new WebSocketConfig.Connections(1, 1, -1, 1, 1))
                .hasMessage("sendBufferBytes: -1 (expected: >= 0)");
        assertThatThrownBy(() -> new WebSocketConfig.Connections(1, 1, 0, 2, 1))
                .hasMessage("highWaterBytes: 1 (expected: >= lowWaterBytes 2)");
    }
}
