package dev.agentws.benchmarks.chaos;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;

/** What the checkers of all clients found. Thread-safe. */
final class Verdicts {
    private static final int MOST_STORIES = 50;

    final LongAdder frames = new LongAdder();
    final LongAdder framesAgain = new LongAdder();
    final LongAdder lost = new LongAdder();
    final LongAdder doubled = new LongAdder();
    final LongAdder reordered = new LongAdder();
    final LongAdder reused = new LongAdder();
    final LongAdder wrongText = new LongAdder();
    final LongAdder gaps = new LongAdder();
    final LongAdder turns = new LongAdder();
    final LongAdder cutTurns = new LongAdder();
    final LongAdder turnsEndedTwice = new LongAdder();
    final LongAdder toolsStarted = new LongAdder();
    final LongAdder toolsCut = new LongAdder();
    final LongAdder toolsTwice = new LongAdder();
    final LongAdder toolsNever = new LongAdder();
    final LongAdder sessions = new LongAdder();
    final LongAdder sessionsLost = new LongAdder();
    final LongAdder reconnects = new LongAdder();
    final LongAdder stalls = new LongAdder();
    private final List<String> stories = new ArrayList<>();
    private final boolean gapsAllowed;

    /** @param gapsAllowed whether a death may take back what was shown, as long as clients are told */
    Verdicts(boolean gapsAllowed) {
        this.gapsAllowed = gapsAllowed;
    }

    /** One more of a kind that must not be. */
    void wrong(LongAdder kind, String story) {
        kind.increment();
        tell(story);
    }

    /** A client was told that something is lost. */
    void gap(String story) {
        gaps.increment();
        if (!gapsAllowed) {
            tell(story);
        }
    }

    /** Says what was wrong, for people. */
    synchronized void tell(String story) {
        if (stories.size() < MOST_STORIES) {
            stories.add(story);
        }
    }

    synchronized List<String> stories() {
        return List.copyOf(stories);
    }

    /** Whether every promise was kept. */
    boolean clean() {
        return lost.sum() + doubled.sum() + reordered.sum() + reused.sum() + wrongText.sum() == 0
                && (gapsAllowed || gaps.sum() == 0)
                && toolsTwice.sum() + toolsNever.sum() == 0
                && turnsEndedTwice.sum() + sessionsLost.sum() + stalls.sum() == 0;
    }
}
