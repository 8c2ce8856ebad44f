package dev.agentws.client;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URI;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a session knows of its place in the stream of events. */
final class AgentSessionTest {
    private static final Duration LONG = Duration.ofMinutes(1);

    private final Link link =
            new Link(new ClientConfig(URI.create("ws://127.0.0.1:1/ws"), "key", LONG, LONG, LONG, LONG), new Deaf());
    private final AgentSession session = new AgentSession(link, "S");

    /** Nobody connects here. */
    private static final class Deaf implements Link.Listener {
        @Override
        public void ready(boolean again) {}

        @Override
        public void frame(JsonNode frame) {}

        @Override
        public void cut() {}

        @Override
        public void over(ClientException reason) {}
    }

    @AfterEach
    void close() {
        link.close();
    }

    private static ObjectNode subscribed(long after, long first, long last) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("type", "subscribed")
                .put("session_id", "S")
                .put("after_seq", after)
                .put("first_seq", first)
                .put("last_seq", last)
                .put("gap", true)
                .put("status", "idle");
    }

    @Test
    void afterAGapItAsksForWhatIsBehindTheGapAndNotForTheSameGapAgain() {
        session.accept(subscribed(120, 100_000_101, 100_000_100));
        assertThat(session.lastSeq()).isEqualTo(100_000_100);
        assertThat(session.subscription().path("after_seq").asLong()).isEqualTo(100_000_100);
    }

    @Test
    void aSessionThatHasLessThanWasSeenIsFollowedFromWhereItIs() {
        session.accept(subscribed(0, 21, 30));
        assertThat(session.lastSeq()).isEqualTo(20);
        session.accept(subscribed(20, 5, 4));
        assertThat(session.lastSeq()).isEqualTo(4);
    }
}
