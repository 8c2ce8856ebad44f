package dev.agentws.journal;

/** Takes the entries of a {@link Book#read}, on the thread that reads. */
@FunctionalInterface
public interface EntryReader {
    /** @return whether it wants the next one */
    boolean take(Entry entry);
}
