package dev.agentws.journal.files;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sees to it that what is in the log gets to where it belongs: what is large soon, what is in the oldest of some full logs,
 * the rest when there is nothing else to do; and that logs which nobody needs go. For one writer's thread.
 */
final class Removals {
    private static final Logger LOG = LoggerFactory.getLogger(Removals.class);
    /** Each costs a force, and a round waits for them. */
    private static final int MOST_AT_A_TIME = 8;
    /** How long a round waits for them at most, but for the last of them; on a slow disk that is less. */
    private static final long SLICE_NANOS = 20_000_000;
    /**
     * Full logs from which on the oldest goes, some sessions a round; it has to go, piece by piece; and nothing else is done before. The later
     * a session is moved, the more of it at once: what that costs is nearly the same for much as for little.
     */
    private static final int ENOUGH_FULL = 3;

    private static final int MOST_FULL = 4;
    private static final int FAR_TOO_MANY_FULL = 8;

    private final Log log;
    private final Mover mover;
    private final Failures failures;
    private final OpenBooks books;
    private final int largeFrom;
    private final LongSupplier nanos;
    private final Deque<Tail> large = new ArrayDeque<>();
    private final Deque<Birth> births = new ArrayDeque<>(0);
    private final Lines lines = new Lines();
    private boolean uncleared;
    /** The disk took nothing of what should go: more haste would only keep it busy. */
    private boolean blocked;

    /** The disk did not take them, and what it shows in their place is something else. */
    static final class LostLines extends IOException {
        private static final long serialVersionUID = 1;

        LostLines(long entries) {
            super("the last " + entries + " entries are gone");
        }
    }

    /** Somebody who waits until these have directories. */
    private record Birth(Deque<Tail> unborn, Runnable done) {}

    Removals(Log log, Mover mover, Failures failures, OpenBooks books, int largeFrom, LongSupplier nanos) {
        this.nanos = nanos;
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
        long entries = tail.view().entries();
        if (tail.hasPending()) {
            tail.moved(mover.move(tail, log.broken() != null));
        }
        drop(tail);
        if (tail.view().entries() < entries) {
            throw new LostLines(entries - tail.view().entries());
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
        long end = sliceEnd();
        boolean more = true;
        for (int i = 0; more && i < MOST_AT_A_TIME; i++) {
            Tail tail = next();
            if (tail == null) {
                break;
            }
            move(tail);
            more = !over(end);
        }
        blocked = log.behind(MOST_FULL) && !catchUp(end);
        bear(end);
        clear(false);
    }

    long sliceEnd() {
        return nanos.getAsLong() + SLICE_NANOS;
    }

    boolean over(long end) {
        return nanos.getAsLong() - end >= 0;
    }

    /** Whether there is more to {@link #tidy} that should not wait. */
    boolean pressing() {
        return !births.isEmpty() || (!blocked && log.behind(MOST_FULL));
    }

    private @Nullable Tail next() {
        for (Tail tail = large.poll(); tail != null; tail = large.poll()) {
            tail.due(false);
            if (tail.view().pending().bytes() >= largeFrom && !tail.stuck()) {
                return tail;
            }
        }
        LogFile past = log.past();
        return past == null || !log.behind(ENOUGH_FULL) ? null : firstOf(past);
    }

    private static @Nullable Tail firstOf(LogFile file) {
        for (Tail tail : file.members()) {
            if (!tail.stuck()) {
                return tail;
            }
        }
        return null;
    }

    /**
     * The oldest log has to go; who cannot be moved goes with the newest.
     *
     * @return whether anybody went
     */
    private boolean catchUp(long end) {
        boolean gone = false;
        LogFile past = log.past();
        for (Tail tail : past == null ? List.<Tail>of() : List.copyOf(past.members())) {
            if (over(end) && !log.behind(FAR_TOO_MANY_FULL)) {
                return true;
            }
            gone |= move(tail) || carryOver(tail);
        }
        return gone;
    }

    private boolean carryOver(Tail tail) {
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
            return true;
        } catch (IOException e) {
            LOG.warn("session {}: stays in an old log for now", tail.sessionId(), e);
            return false;
        } finally {
            lines.clear();
        }
    }

    /** Sessions that are only in the log yet get their directories, piece by piece. */
    void bear(Runnable done) {
        Deque<Tail> unborn = new ArrayDeque<>();
        log.tails().stream().filter(tail -> !tail.born()).forEach(unborn::add);
        births.add(new Birth(unborn, done));
    }

    private void bear(long end) {
        for (Birth birth = births.peek(); birth != null; birth = births.peek()) {
            for (Tail tail = birth.unborn.poll(); tail != null; tail = birth.unborn.poll()) {
                if (!tail.born() && tail.hasPending()) {
                    move(tail);
                    if (over(end)) {
                        return;
                    }
                }
            }
            births.remove();
            birth.done.run();
        }
    }

    /** Who waits for directories waits no longer. */
    void giveUpBirths() {
        for (Birth birth = births.poll(); birth != null; birth = births.poll()) {
            birth.done.run();
        }
    }

    /** Nothing that is in the log is to be trusted. */
    void doubt(Throwable cause) {
        log.doubt(cause);
        giveUpBirths();
    }

    boolean atRest() {
        return !log.live();
    }

    /** @return false when the log is empty, or cannot be emptied just now */
    boolean rest() {
        long end = sliceEnd();
        int tried = 0;
        boolean moved = false;
        for (Tail tail : log.tails()) {
            if (tried > 0 && (tried == MOST_AT_A_TIME || over(end))) {
                return moved;
            }
            tried++;
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
            if (log.hasUnneeded(all)) {
                mover.settle();
            }
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
