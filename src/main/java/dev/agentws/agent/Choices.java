package dev.agentws.agent;

import dev.agentws.agent.options.SessionOptions.Invalid;
import dev.agentws.agent.permission.PermissionMode;
import dev.agentws.agent.record.StateRecord;
import org.jspecify.annotations.Nullable;

/** What clients may choose anew in the life of a session; all who watch are told. On the session's loop. */
public final class Choices {
    private final Session session;

    Choices(Session session) {
        this.session = session;
    }

    /** Changes how it decides about permissions from now on; open questions are looked at again. */
    public void mode(PermissionMode mode) {
        session.equipment().policy().setMode(mode);
        session.note(() -> StateRecord.mode(mode.wireName()));
        session.changed();
    }

    /** Changes the model from the next call on; null for the server's. */
    public void model(@Nullable String model) throws Invalid {
        session.equipment().setModel(model);
        session.note(() -> StateRecord.model(session.model()));
        session.changed();
    }

    /** Gives it a title; null for the one that follows from its first prompt. */
    public void title(@Nullable String title) {
        session.label().rename(title);
        session.note(() -> StateRecord.title(title));
        session.changed();
    }
}
