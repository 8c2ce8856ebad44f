package dev.agentws.agent;

import dev.agentws.agent.cost.Spending;
import dev.agentws.agent.event.SessionEvent.Ended;
import dev.agentws.agent.event.SessionEvent.SessionInfo;
import dev.agentws.agent.event.SessionEvent.TurnEnded;
import dev.agentws.agent.event.SessionEvent.Updated;
import dev.agentws.agent.record.StateRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** The ways a session leaves this process: it ends, goes on in the next one, or sleeps until somebody wants it. On its loop, once. */
final class SessionEnding {
    private final Session session;
    private final Story story;

    SessionEnding(Session session) {
        this.session = session;
        this.story = session.story();
    }

    /** For good: its turn, its processes, its listeners. */
    void end() {
        List<Prompt> waiting = session.prompts().clear();
        Turn current = session.turn();
        if (current != null) {
            current.stop(Stop.INTERRUPTED);
        }
        waiting.forEach(this::giveUp);
        session.over();
        session.equipment().close();
        session.emit(new Ended());
        session.note(StateRecord::ended);
        story.end(new Updated(session.info(story.lastNumber())));
    }

    /** A prompt that no turn will take up is answered all the same. */
    private void giveUp(Prompt prompt) {
        Spending nothing = new Spending(session.services().settings().prices());
        TurnReport report = new TurnReport(session, prompt.promptId(), nothing);
        session.emit(new TurnEnded(report.result("interrupted", true, null, null)));
    }

    /**
     * The process ends: a turn that works is closed, one that only waits for people is left as it is, and so are waiting prompts. Where there
     * are none, the next process finds it asleep.
     *
     * @param done called once clients may see the last of it
     */
    void suspend(Runnable done) {
        Updated asleep =
                session.resting() ? new Updated(session.info(story.lastNumber()).fallenAsleep()) : null;
        session.over();
        Turn current = session.turn();
        if (current != null) {
            current.suspend();
        }
        session.equipment().close();
        story.close(asleep, done);
    }

    /** The same for many. Completes when clients may see all of it. Any thread. */
    static CompletableFuture<Void> suspend(List<Session> sessions) {
        List<CompletableFuture<Void>> all = new ArrayList<>();
        for (Session session : sessions) {
            CompletableFuture<Void> suspended = new CompletableFuture<>();
            all.add(suspended);
            session.execute(() -> session.suspend(() -> suspended.complete(null)));
        }
        return CompletableFuture.allOf(all.toArray(CompletableFuture<?>[]::new));
    }

    /**
     * Lets go of everything but the book, if nothing is under way, nobody comes, and all is written.
     *
     * @return what is known of it until it wakes; null when it stays awake
     */
    @Nullable
    SessionInfo sleep() {
        Equipment equipment = session.equipment();
        boolean quiet = session.resting() && !story.watched() && story.settled() && equipment.quiet();
        if (!quiet || !session.activity().shut()) {
            return null;
        }
        SessionInfo asleep = session.info().fallenAsleep();
        session.over();
        equipment.close();
        story.close(new Updated(asleep), () -> {});
        return asleep;
    }
}
