package dev.agentws.journal;

import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What several servers with one journal have to do with each other. All calls but {@link #watch}, {@link #inbox}, {@link #owns} and {@link #leased}
 * block: for workers. All fail as UNAVAILABLE when the store does not answer. Thread-safe.
 */
public interface Cluster {
    /** The node that writes the session's book; null when none does. */
    @Nullable
    String owner(String sessionId) throws JournalException;

    /** Whether another node writes the session's book. */
    boolean elsewhere(String sessionId) throws JournalException;

    /**
     * Whether no node owns the session although none has let go of it: its owner is dead, or could not say in time that it lives. One
     * that sleeps was let go of.
     */
    boolean deserted(String sessionId) throws JournalException;

    /** Sessions that no node owns, and whose {@link Book#summary} has not been replaced since then. */
    List<String> unowned(long sinceMillis) throws JournalException;

    /** Whether there is such a session, and it has not ended. */
    boolean current(String sessionId) throws JournalException;

    /** {@link Book#lastSeq} of a session that somebody else may write. */
    long lastSeq(String sessionId) throws JournalException;

    /** Sessions with work under way, as {@link Book#busy} says, or with commands that wait, which no node owns. */
    List<String> orphans() throws JournalException;

    /** Whether this node owns the session, is sure of it as {@link #leased}, and can write it: ask before a tool begins. Never blocks. */
    boolean owns(String sessionId);

    /**
     * Whether the session is certainly this node's for some moments more, because the store said so a short while ago. If not, another
     * node may soon own it, and what runs of it here must end. Never blocks.
     */
    boolean leased(String sessionId);

    /**
     * Asks something of the owner, whoever that is by then. The command waits for it.
     *
     * @throws JournalException NOT_FOUND when there is no such session, or it has ended
     */
    Sent send(String sessionId, byte[] json) throws JournalException;

    /** Shows the commands that wait for the owner, oldest first, each with its id. */
    void commands(String sessionId, CommandReader reader) throws JournalException;

    /**
     * The owner is through with this command and all before it: they are gone.
     *
     * @param outcome kept for a minute for whoever asked, who is told as by {@link #watch}
     */
    void done(String sessionId, String commandId, byte[] outcome) throws JournalException;

    /** What became of a command; null while it waits, and when it is long done. */
    byte @Nullable [] outcome(String sessionId, String commandId) throws JournalException;

    /**
     * Is told, on an event loop, of sessions of this node for which a command may wait; with null when hints may have been missed. Only a
     * hint. Never blocks.
     *
     * @return ends it
     */
    Watch inbox(Consumer<@Nullable String> sessions);

    /** {@link Book#read} of a session that somebody else writes. Call it again when {@link #watch} says so. */
    void read(String sessionId, long afterSeq, EntryReader reader) throws JournalException;

    /**
     * Runs the task, on an event loop, when there may be new entries or outcomes; also when hints may have been missed. Only a hint: read
     * once after this returns. Never blocks.
     *
     * @return ends it
     */
    Watch watch(String sessionId, Runnable changed);

    /**
     * Counts a session for a limit, e.g. of all or of one client. A session counted already stays so, until no node owns it and the place
     * is wanted.
     *
     * @return false, and it is not counted, when there are {@code most} others
     */
    boolean admit(String limit, String sessionId, int most) throws JournalException;

    /** The session counts no more. */
    void dismiss(String limit, String sessionId) throws JournalException;

    /** Says for the next while that this node lives, and where. */
    void heartbeat(String address) throws JournalException;

    /** The nodes that live, each with its address. */
    Map<String, String> nodes() throws JournalException;

    /**
     * A command on its way.
     *
     * @param lastSeq {@link #lastSeq} when it was sent: what it does comes later
     */
    record Sent(String commandId, long lastSeq) {}

    /** Takes a command. */
    interface CommandReader {
        /** @return whether it wants the next one */
        boolean take(String id, byte[] json);
    }

    /** Watching; ends with {@link #close}. */
    interface Watch extends AutoCloseable {
        @Override
        void close();
    }
}
