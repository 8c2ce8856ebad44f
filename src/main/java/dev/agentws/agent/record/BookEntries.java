package dev.agentws.agent.record;

import dev.agentws.agent.event.EventLog;
import dev.agentws.agent.event.SessionEvent;
import dev.agentws.journal.Entry;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Gathers what a session has to write down, in the order in which it happened. Confined to the session's loop. */
public final class BookEntries {
    private final String sessionId;
    private final FrameFormat format;
    private final EventLog log;
    private final Deque<Note> notes = new ArrayDeque<>(0);
    /** Null as long as nothing was said. */
    private @Nullable ShownTexts shown;

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

    /**
     * Everything since the last time.
     *
     * @param frames turns frames into records; may be used for one session after the other
     */
    List<Entry> take(FrameRecords frames) {
        frames.begin(this);
        while (!notes.isEmpty()) {
            Note note = notes.remove();
            framesTo(note.afterSeq(), frames);
            StateRecord record = note.record();
            frames.add(new Entry(note.afterSeq(), record.kind().word(), record.json(shown)));
            if (record.kind() == RecordKind.SAID && shown != null) {
                shown.said();
            }
        }
        framesTo(log.lastSeq(), frames);
        return frames.take();
    }

    /** An event as clients see it. */
    byte[] frame(long seq, SessionEvent event) {
        return format.json(sessionId, seq, event);
    }

    /** What of the texts is written down. */
    ShownTexts shown() {
        ShownTexts mine = shown;
        if (mine == null) {
            mine = new ShownTexts();
            shown = mine;
        }
        return mine;
    }

    private void framesTo(long seq, FrameRecords frames) {
        if (seq > taken) {
            frames.upTo(seq);
            log.read(taken, seq, frames);
            frames.finish();
            taken = seq;
        }
    }
}
