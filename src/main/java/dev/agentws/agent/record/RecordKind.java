package dev.agentws.agent.record;

import dev.agentws.journal.Entry;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The kinds of record in a session's book. The names are on disks; they do not change. */
public enum RecordKind {
    /** The session as it was made: options, place, time. */
    SESSION("session"),
    /** A frame as clients see it. */
    FRAME("frame"),
    /** Pieces of one message that followed each other, with the length of each. */
    PIECES("pieces"),
    /** The frame that closes a message, without its text: that is in its pieces. */
    WHOLE("whole"),
    /** What was shown up to here, and is not in the book, may have been lost. */
    HOLE(Entry.HOLE),
    /** Nobody had seen more than what stands before it, and what follows was shown only once the disk had it. */
    REST("rest"),
    /** A prompt was taken. */
    PROMPT("prompt"),
    /** The turn of the oldest waiting prompt began. */
    TURN("turn"),
    /** A message of the conversation with the model. */
    SAID("said"),
    /** The conversation was cut back to its first messages. */
    CUT("cut"),
    /** A question was put to a person. */
    ASKED("asked"),
    /** A person said yes to a call. */
    AGREED("agreed"),
    /** A tool began to run. */
    RUN("run"),
    /** A tool call came to its end. */
    DONE("done"),
    /** What the turn has cost up to now. */
    COST("cost"),
    /** The model, or the rules, are others from now on. */
    MODEL("model"),
    MODE("mode"),
    RULES("rules"),
    /** A command of another node was heard, and what it did follows. */
    HEARD("heard"),
    /** The title was chosen, or given back. */
    TITLE("title"),
    /** The time at which the session was no longer as before, by what stands beside it. */
    CHANGED("changed"),
    /** The session had ended and goes on. */
    RESUMED("resumed"),
    /** The session has ended. */
    ENDED("ended");

    private static final Map<String, RecordKind> BY_NAME =
            Stream.of(values()).collect(Collectors.toUnmodifiableMap(kind -> kind.word, Function.identity()));

    private final String word;

    RecordKind(String word) {
        this.word = word;
    }

    /** As it is stored. */
    public String word() {
        return word;
    }

    /** The kind of that name, or null: a record of a later version, which this one can do without. */
    static @Nullable RecordKind find(String word) {
        return BY_NAME.get(word);
    }
}
