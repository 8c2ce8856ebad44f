package dev.agentws.agent.record;

import dev.agentws.agent.event.EventLog;
import dev.agentws.journal.Entry;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** Gathers what a session has to write down, in the order in which it happened. Confined to the session's loop. */
public final class BookEntries {
    private final String sessionId;
    private final FrameFormat format;
    private final EventLog log;
    private final Deque<Note> notes = new ArrayDeque<>();
    private long taken;

    /** A record and the number of the frame that came before it. */
    private record Note(long afterSeq, StateRecord record) {}

    /** From what {@code log} holds next. */
    public BookEntries(String sessionId, FrameFormat format, EventLog log) {
        this.sessionId = sessionId;
        this.format = format;
        this.log = log;
        this.taken = log.lastSeq();
    }

    /** Puts a record behind what has been shown so far. */
    public void note(StateRecord record) {
        notes.add(new Note(log.lastSeq(), record));
    }

    /** The number of the last frame that was taken. */
    public long taken() {
        return taken;
    }

    /** Everything since the last time. */
    public List<Entry> take() {
        List<Entry> entries = new ArrayList<>();
        while (!notes.isEmpty()) {
            Note note = notes.remove();
            framesTo(note.afterSeq(), entries);
            entries.add(new Entry(
                    note.afterSeq(), note.record().kind().word(), note.record().json()));
        }
        framesTo(log.lastSeq(), entries);
        return entries;
    }

    private void framesTo(long seq, List<Entry> entries) {
        if (seq > taken) {
            FrameRecords frames = new FrameRecords(sessionId, format, entries, taken, seq);
            log.read(taken, seq, frames);
            frames.finish();
            taken = seq;
        }
    }
}
