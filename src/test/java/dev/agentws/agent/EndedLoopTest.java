package dev.agentws.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.netty.util.concurrent.DefaultEventExecutor;
import io.netty.util.concurrent.EventExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** The end of the server, in which one event loop is done before another. */
final class EndedLoopTest {
    @Test
    void aTaskForASessionWhoseLoopHasEndedIsDroppedQuietly() {
        EventExecutor loop = new DefaultEventExecutor();
        SessionStage stage = new SessionStage();
        Session session = stage.openOn(loop);
        assertThat(loop.shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly(10, TimeUnit.SECONDS))
                .isTrue();
        AtomicBoolean ran = new AtomicBoolean();

        assertThatCode(() -> session.execute(() -> ran.set(true))).doesNotThrowAnyException();
        assertThat(ran).isFalse();
    }
}
