package dev.agentws.journal;

import org.jspecify.annotations.Nullable;

/** Hears what became of one {@link Book#append} or {@link Book#end}. Called once, on a thread of the journal: be quick, hand over. */
@FunctionalInterface
public interface Commit {
    /** @param failure null when it is committed; otherwise why not, and the book takes no more */
    void done(@Nullable JournalException failure);

    /**
     * Whether it is committed only once no loss of power takes it, or anything before it, away again. For journals at a level where commits
     * are told of earlier and the disk follows; to the others a commit is worth what their level says.
     */
    default boolean durable() {
        return false;
    }
}
