package dev.agentws.websocket;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentws.agent.Session;
import dev.agentws.agent.event.PieceKind;
import dev.agentws.agent.event.SessionEvent;
import dev.agentws.agent.event.SessionListener;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ManualIoEventLoop;
import io.netty.channel.local.LocalIoHandler;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A client's message comes to a session just when that is given up, because another process carries it on. */
final class TooLateTest {
    /** The loop of the session: it runs only when the test says so. */
    private final ManualIoEventLoop elsewhere = new ManualIoEventLoop(null, null, LocalIoHandler.newFactory());

    private final ExecutorService thread = Executors.newSingleThreadExecutor(task -> {
        Thread made = new Thread(task, "elsewhere");
        elsewhere.setOwningThread(made);
        return made;
    });

    @AfterEach
    void stop() {
        thread.shutdown();
    }

    private void runElsewhere() throws Exception {
        thread.submit(() -> elsewhere.runNow()).get();
    }

    @Test
    void aConnectionThatTakesMoreIsShownNothingOfASessionThatItsMessageDidNotReach() throws Exception {
        try (HandLoop loop = new HandLoop(WebSocketConfig.defaults(), false, EndlessAnswer::new)) {
            loop.openOn(elsewhere, "T");
            loop.registry.abandon("T");
            loop.say(ServerFixture.text("{\"type\":\"subscribe\",\"session_id\":\"T\",\"after_seq\":0}"));
            runElsewhere();
            loop.round();
            assertThat(loop.received()).contains("session_not_found").doesNotContain("subscribed");
            loop.writabilityChanged();
            runElsewhere();
            loop.round();
            assertThat(loop.received()).isEmpty();
        }
    }

    @Test
    void whoGoesOnListeningToItIsToldAtOnceToLookElsewhere() throws Exception {
        List<String> heard = new ArrayList<>();
        SessionListener late = new SessionListener() {
            @Override
            public void onEvent(long seq, SessionEvent event) {
                heard.add(event.kind().name());
            }

            @Override
            public void onPiece(long seq, PieceKind kind, String messageId, ByteBuf bytes, int offset, int length) {
                heard.add(kind.name());
            }

            @Override
            public void onLost() {
                heard.add("lost");
            }

            @Override
            public boolean ready() {
                return true;
            }
        };
        try (HandLoop loop = new HandLoop(WebSocketConfig.defaults(), false, EndlessAnswer::new)) {
            Session session = loop.openOn(elsewhere, "T");
            loop.registry.abandon("T");
            session.execute(() -> session.story().listen(late));
            runElsewhere();
            assertThat(heard).containsExactly("lost");
        }
    }
}
