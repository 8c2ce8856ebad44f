package dev.agentws.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentws.agent.Waker.Failure;
import dev.agentws.agent.Waker.Reason;
import dev.agentws.agent.event.SessionEvent.SessionInfo;
import dev.agentws.agent.record.StoredSession;
import dev.agentws.journal.GatedJournal;
import dev.agentws.journal.JournalException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;

/** When a session falls asleep, and who wakes it; by a clock that stands still between steps. */
final class HibernationTimesTest {
    private static final Duration AFTER = Duration.ofMinutes(5);
    private static final Duration A_MOMENT = Duration.ofMillis(5);

    private final GatedJournal journal = new GatedJournal(60_000);
    private final SessionStage stage = new SessionStage("{}", journal);
    private final Deque<Runnable> desk = new ArrayDeque<>();
    private final List<Optional<Failure>> outcomes = new ArrayList<>();
    private boolean deskFull;
    private int revivals;
    private Runnable whenAwake = () -> {};
    private final Hibernation hibernation = new Hibernation(
            stage.registry,
            (id, loop) -> revive(id),
            task -> {
                if (deskFull) {
                    throw new RejectedExecutionException();
                }
                desk.add(task);
            },
            AFTER,
            stage.clock());

    private void revive(String id) throws JournalException {
        revivals++;
        var book = journal.open(id);
        try {
            stage.revive(book, StoredSession.read(book));
            whenAwake.run();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private void leave() {
        stage.pass(A_MOMENT);
        stage.session.story().leave(stage.watcher);
    }

    private boolean asleep() {
        hibernation.sweep();
        stage.settle();
        return stage.registry.sleeper("S") != null;
    }

    private void wake() {
        hibernation.wake("S", stage.session.loop(), failure -> outcomes.add(Optional.ofNullable(failure)));
    }

    @Test
    void itFallsAsleepWhenItsTimeIsUpAndNotBefore() {
        leave();
        stage.pass(AFTER.minusMillis(10));
        assertThat(asleep()).isFalse();
        stage.pass(Duration.ofMillis(10));
        assertThat(asleep()).isTrue();
        assertThat(stage.registry.find("S")).isNull();
        assertThat(stage.registry.awake()).isZero();
        assertThat(stage.registry.size()).isEqualTo(1);
        assertThat(stage.registry.has("S")).isTrue();
    }

    @Test
    void whatHappensMeanwhilePutsItOff() {
        leave();
        stage.pass(AFTER.minusSeconds(1));
        stage.session.choices().title("Ours");
        stage.pass(Duration.ofSeconds(2));
        assertThat(asleep()).isFalse();
        stage.pass(AFTER);
        assertThat(asleep()).isTrue();
        assertThat(Objects.requireNonNull(stage.registry.sleeper("S")).title()).isEqualTo("Ours");
    }

    @Test
    void itStaysAwakeWhileSomebodyIsOnTheWayAndNobodyEntersOneThatSleeps() {
        leave();
        stage.pass(AFTER);
        assertThat(stage.session.enter()).isTrue();
        assertThat(asleep()).isFalse();
        stage.session.leave();
        assertThat(asleep()).isTrue();
        assertThat(stage.session.enter()).isFalse();
    }

    @Test
    void itStaysAwakeUntilAllIsWritten() {
        leave();
        journal.hold();
        stage.session.choices().title("Ours");
        stage.pass(AFTER);
        assertThat(asleep()).isFalse();
        journal.release();
        stage.settle();
        assertThat(asleep()).isTrue();
    }

    @Test
    void allWhoAskWakeItOnceAndItIsAsOldAsItWas() {
        leave();
        stage.pass(AFTER);
        assertThat(asleep()).isTrue();
        SessionInfo before = Objects.requireNonNull(stage.registry.sleeper("S"));
        wake();
        wake();
        assertThat(desk).hasSize(1);
        desk.remove().run();
        assertThat(outcomes).containsExactly(Optional.empty(), Optional.empty());
        assertThat(revivals).isEqualTo(1);
        SessionInfo after = Objects.requireNonNull(stage.registry.find("S")).info();
        assertThat(after.updatedAtMs()).isEqualTo(before.updatedAtMs());
        assertThat(after.createdAtMs()).isEqualTo(before.createdAtMs());
        assertThat(after.lastSeq()).isEqualTo(before.lastSeq());
        assertThat(after.asleep()).isFalse();
        wake();
        assertThat(outcomes).hasSize(3).containsOnly(Optional.empty());
        assertThat(revivals).isEqualTo(1);
    }

    @Test
    void whoCannotBeWokenJustNowStaysAsleep() {
        leave();
        stage.pass(AFTER);
        assertThat(asleep()).isTrue();
        deskFull = true;
        wake();
        hibernation.stop();
        deskFull = false;
        wake();
        assertThat(outcomes)
                .extracting(failure -> failure.orElseThrow().reason())
                .containsExactly(Reason.UNAVAILABLE, Reason.UNAVAILABLE);
        assertThat(stage.registry.sleeper("S")).isNotNull();
        assertThat(stage.registry.awake()).isZero();
    }

    @Test
    void theTimeOfASleeperEndsAsThatOfOthers() {
        leave();
        stage.pass(AFTER);
        assertThat(asleep()).isTrue();
        assertThat(stage.registry.endIdle()).isNegative();
        stage.pass(Duration.ofHours(1));
        hibernation.endIdle(stage.registry.endIdle(), stage.session.loop());
        desk.remove().run();
        stage.settle();
        assertThat(stage.registry.has("S")).isFalse();
        assertThat(stage.registry.awake()).isZero();
    }

    @Test
    void oneThatFallsAsleepAgainAtOnceIsNotLost() {
        leave();
        stage.pass(AFTER);
        assertThat(asleep()).isTrue();
        whenAwake = () -> assertThat(asleep()).isTrue();
        wake();
        desk.remove().run();
        assertThat(outcomes).containsExactly(Optional.empty());
        assertThat(stage.registry.has("S")).isTrue();
        assertThat(stage.registry.awake()).isZero();
    }
}
