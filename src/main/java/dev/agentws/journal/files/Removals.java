package dev.agentws.journal.files;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sees to it that what is in the log gets to where it belongs: what is large soon, what is in a log that is full before the next one is,
 * the rest when there is nothing else to do; and that logs which nobody needs go. For one writer's thread.
 */
final class Removals {
    private static final Logger LOG = LoggerFactory.getLogger(Removals.class);
    /** Each costs a force, and a round waits for them. */
    private static final int MOST_AT_A_TIME = 8;

    private final Log log;
    private final Mover mover;
    private final Failures failures;
    private final OpenBooks books;
    private final int largeFrom;
    private final Deque<Tail> large = new ArrayDeque<>();
    private final Lines lines = new Lines();
    private boolean uncleared;

    /** The disk did not take them, and what it shows in their place is something else. */
    static final class LostLines extends IOException {
        private static final long serialVersionUID = 1;

        LostLines(long entries) {
            super("the last " + entries + " entries are gone");
        }
    }

    Removals(Log log, Mover mover, Failures failures, OpenBooks books, int largeFrom) {
        this.log = log;
        this.mover = mover;
        this.failures = failures;
        this.books = books;
        this.largeFrom = largeFrom;
    }

    /** More of the session is in the log. */
    void grown(Tail tail) {
        if (tail.view().pending().bytes() >= largeFrom && !tail.due()) {
            tail.due(true);
            large.add(tail);
        }
    }

    /** @return whether all of the session is where it belongs; if not, its book has failed */
    boolean move(Tail tail) {
        try {
            moveNow(tail);
            return true;
        } catch (IOException e) {
            tail.stuck(true);
            failures.notMoved(tail, e);
            return false;
        }
    }

    void moveNow(Tail tail) throws IOException {
        if (tail.hasPending()) {
            long entries = tail.view().entries();
            tail.moved(mover.move(tail, log.broken() != null));
            drop(tail);
            if (tail.view().entries() < entries) {
                throw new LostLines(entries - tail.view().entries());
            }
        }
    }

    /** The session needs no log any more. */
    void drop(Tail tail) {
        leave(tail);
        books.settled(tail);
    }

    private static void leave(Tail tail) {
        LogFile first = tail.first();
        if (first != null) {
            first.members().remove(tail);
            tail.first(null);
        }
    }

    /** Whether more of the session may come into the log: what nobody can move out of it must not grow without end. */
    boolean mayGrow(Tail tail) {
        return !tail.stuck() || tail.view().pending().bytes() < largeFrom;
    }

    /** A few of those that are due. */
    void tidy() {
        for (int i = 0; i < MOST_AT_A_TIME; i++) {
            Tail tail = next();
            if (tail == null) {
                break;
            }
            move(tail);
        }
        if (log.behind()) {
            catchUp();
        }
        clear(false);
    }

    private @Nullable Tail next() {
        for (Tail tail = large.poll(); tail != null; tail = large.poll()) {
            tail.due(false);
            if (tail.view().pending().bytes() >= largeFrom && !tail.stuck()) {
                return tail;
            }
        }
        LogFile past = log.past();
        return past == null ? null : firstOf(past);
    }

    private static @Nullable Tail firstOf(LogFile file) {
        for (Tail tail : file.members()) {
            if (!tail.stuck()) {
                return tail;
            }
        }
        return null;
    }

    /** The oldest log has to go; who cannot be moved goes with the newest. */
    private void catchUp() {
        LogFile past = log.past();
        for (Tail tail : past == null ? List.<Tail>of() : List.copyOf(past.members())) {
            if (!move(tail)) {
                carryOver(tail);
            }
        }
    }

    private void carryOver(Tail tail) {
        Tail.View view = tail.view();
        long before = view.moved().entries();
        lines.group(tail.name(), before, view.entries() - before);
        int from = lines.size();
        try {
            lines.put(view.pending().load());
            LogFile file = log.write(lines);
            file.force();
            leave(tail);
            tail.carriedOver(file.path(), file.length() - lines.size() + from);
            tail.first(file);
            file.members().add(tail);
        } catch (IOException e) {
            LOG.warn("session {}: stays in an old log for now", tail.sessionId(), e);
        } finally {
            lines.clear();
        }
    }

    void bear() {
        for (Tail tail : log.tails()) {
            if (!tail.born()) {
                move(tail);
            }
        }
    }

    boolean atRest() {
        return !log.live();
    }

    /** @return false when the log is empty, or cannot be emptied just now */
    boolean rest() {
        int tried = 0;
        boolean moved = false;
        for (Tail tail : log.tails()) {
            if (tried++ == MOST_AT_A_TIME) {
                return moved;
            }
            moved |= move(tail);
        }
        clear(true);
        return false;
    }

    /** If the disk may have dropped some of the log, or it has what it should not have, everything in it must go elsewhere first. */
    void repair() throws IOException {
        IOException broken = log.broken();
        if (broken != null && !emptyLog()) {
            throw broken;
        }
    }

    /** @return whether there is no log any more */
    boolean emptyLog() {
        log.tails().forEach(this::move);
        clear(true);
        return !log.live();
    }

    private void clear(boolean all) {
        try {
            log.clear(all);
            uncleared = false;
        } catch (IOException e) {
            if (!uncleared) {
                LOG.warn("a log that is not needed any more could not be deleted; it is tried again", e);
            }
            uncleared = true;
        }
    }
}
