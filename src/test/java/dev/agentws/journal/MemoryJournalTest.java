package dev.agentws.journal;

final class MemoryJournalTest extends JournalContract {
    @Override
    protected Journal start() {
        return new MemoryJournal(() -> 1_000);
    }
}
