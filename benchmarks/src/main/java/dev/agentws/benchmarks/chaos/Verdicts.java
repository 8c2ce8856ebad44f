package dev.agentws.benchmarks.chaos;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;

/** What the checkers of all clients found. Thread-safe. */
final class Verdicts {
    private static final int MOST_STORIES = 50;

    final LongAdder frames = new LongAdder();
    final LongAdder lost = new LongAdder();
    final LongAdder doubled = new LongAdder();
    final LongAdder reordered = new LongAdder();
    final LongAdder wrongText = new LongAdder();
    final LongAdder gaps = new LongAdder();
    final LongAdder turns = new LongAdder();
    final LongAdder cutTurns = new LongAdder();
    final LongAdder turnsEndedTwice = new LongAdder();
    final LongAdder sessions = new LongAdder();
    final LongAdder sessionsLost = new LongAdder();
    final LongAdder reconnects = new LongAdder();
    final LongAdder stalls = new LongAdder();
    private final List<String> stories = new ArrayList<>();

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
        return lost.sum() + doubled.sum() + reordered.sum() + wrongText.sum() + gaps.sum() == 0
                && turnsEndedTwice.sum() + sessionsLost.sum() + stalls.sum() == 0;
    }
}
