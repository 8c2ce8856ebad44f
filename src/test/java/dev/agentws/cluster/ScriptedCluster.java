package dev.agentws.cluster;

import dev.agentws.journal.Cluster;
import dev.agentws.journal.EntryReader;
import dev.agentws.journal.JournalException;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A store without anything in it; tests say what it answers instead. */
public class ScriptedCluster implements Cluster {
    private static final Watch NOTHING = () -> {};

    @Override
    public @Nullable String owner(String sessionId) {
        return null;
    }

    @Override
    public boolean elsewhere(String sessionId) {
        return false;
    }

    @Override
    public boolean deserted(String sessionId) {
        return false;
    }

    @Override
    public List<String> unowned(long sinceMillis) {
        return List.of();
    }

    @Override
    public boolean current(String sessionId) {
        return true;
    }

    @Override
    public long lastSeq(String sessionId) {
        return 0;
    }

    @Override
    public List<String> orphans() throws JournalException {
        return List.of();
    }

    @Override
    public boolean owns(String sessionId) {
        return true;
    }

    @Override
    public boolean leased(String sessionId) {
        return true;
    }

    @Override
    public Sent send(String sessionId, byte[] json) {
        throw new UnsupportedOperationException("send");
    }

    @Override
    public void commands(String sessionId, CommandReader reader) throws JournalException {}

    @Override
    public void done(String sessionId, String commandId, byte[] outcome) throws JournalException {}

    @Override
    public byte @Nullable [] outcome(String sessionId, String commandId) {
        return null;
    }

    @Override
    public Watch inbox(Consumer<@Nullable String> sessions) {
        return NOTHING;
    }

    @Override
    public void read(String sessionId, long afterSeq, EntryReader reader) {}

    @Override
    public Watch watch(String sessionId, Runnable changed) {
        return NOTHING;
    }

    @Override
    public boolean admit(String limit, String sessionId, int most) {
        return true;
    }

    @Override
    public void dismiss(String limit, String sessionId) {}

    @Override
    public void heartbeat(String address) {}

    @Override
    public Map<String, String> nodes() {
        return Map.of();
    }
}
