package dev.agentws.agent.record;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.agentws.agent.model.Block;
import dev.agentws.agent.model.BlockKind;
import dev.agentws.agent.model.Message;
import dev.agentws.agent.model.Usage;
import dev.agentws.agent.options.SessionPlace;
import dev.agentws.agent.record.StoredTurn.StoredPrompt;
import dev.agentws.journal.Book;
import dev.agentws.journal.Entry;
import dev.agentws.journal.JournalException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A session as its book tells it: every record is applied in order, and what is there after the last one is how things stood. Fed by one
 * thread, then read by another.
 */
public final class StoredSession {
    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final byte[] THINKS = ascii("{\"type\":\"agent_thinking\",\"thinking\":true");
    private static final byte[] THINKS_NOT = ascii("{\"type\":\"agent_thinking\",\"thinking\":false");
    private static final byte[] MESSAGE = ascii("{\"type\":\"agent_message\"");
    private static final byte[] TOOL_USE = ascii("{\"type\":\"agent_tool_use\"");
    private static final byte[] TOOL_RESULT = ascii("{\"type\":\"agent_tool_result\"");
    private static final byte[] RESULT = ascii("{\"type\":\"agent_result\"");

    private @Nullable ObjectNode options;
    private @Nullable SessionPlace place;
    private long createdAtMs;
    private long changedAtMs;
    private long lastSeq;
    private final Holes holes = new Holes();
    private final StoredTexts texts = new StoredTexts();
    private final List<SaidMessage> messages = new ArrayList<>();
    private int said;
    private final Deque<StoredPrompt> waiting = new ArrayDeque<>();
    private @Nullable StoredTurn turn;
    private @Nullable String model;
    private @Nullable String mode;
    private final List<ObjectNode> rules = new ArrayList<>();
    private final StoredAccount account = new StoredAccount();
    private final SessionLabel label = new SessionLabel();
    private final FinishedPrompts finished = new FinishedPrompts();
    private @Nullable String error;
    private int turns;
    private long durationMs;
    private boolean ended;
    private @Nullable Heard heard;

    /**
     * All that a book says. Blocks.
     *
     * @throws IOException for a record that is not what its kind says
     */
    public static StoredSession read(Book book) throws JournalException, IOException {
        StoredSession stored = new StoredSession();
        List<IOException> broken = new ArrayList<>(0);
        book.read(-1, entry -> {
            try {
                stored.apply(entry);
            } catch (IOException e) {
                broken.add(e);
            }
            return broken.isEmpty();
        });
        if (!broken.isEmpty()) {
            throw broken.get(0);
        }
        return stored;
    }

    /** @throws IOException for a record that is not what its kind says */
    public void apply(Entry entry) throws IOException {
        long before = lastSeq;
        lastSeq = Math.max(lastSeq, entry.seq());
        RecordKind kind = RecordKind.find(entry.kind());
        if (kind == null) {
            return;
        }
        if (kind == RecordKind.FRAME) {
            frame(entry);
            return;
        }
        if (kind == RecordKind.PIECES || kind == RecordKind.WHOLE) {
            text(kind, entry);
            return;
        }
        JsonNode json = MAPPER.readTree(entry.json());
        switch (kind) {
            case SESSION -> session(json);
            case PROMPT -> prompt(json);
            case TURN -> turn = waiting.isEmpty() ? null : new StoredTurn(waiting.remove());
            case SAID -> said(entry.seq(), json);
            case CUT -> cut(json.path("messages").asInt());
            case COST -> account.turn(json);
            case MODEL -> model = json.path("model").textValue();
            case MODE -> mode = json.path("mode").textValue();
            case RULES -> rules((ObjectNode) json);
            case HEARD -> heard = Heard.of(json);
            case TITLE -> label.rename(json.path("title").textValue());
            case ENDED -> {
                ended = true;
                waiting.clear();
                turn = null;
            }
            case CHANGED -> changedAtMs = json.path("at").asLong();
            case RESUMED -> ended = false;
            case ASKED, AGREED, RUN, DONE -> {
                if (turn != null) {
                    turn.tool(kind, json);
                }
            }
            case HOLE -> holes.add(before, lastSeq);
            case REST -> holes.rest(lastSeq);
            case FRAME, PIECES, WHOLE -> throw new IllegalStateException(kind.word() + ": handled above");
        }
    }

    /** Its book was cut short, so what follows gets higher numbers than all that may have been shown. @return whether that is to be written */
    public boolean leaveHole() {
        boolean fresh = holes.leave(lastSeq);
        lastSeq = holes.behind(lastSeq);
        return fresh;
    }

    private void session(JsonNode json) {
        options = (ObjectNode) json.path("options");
        createdAtMs = json.path("created_at").asLong();
        changedAtMs = createdAtMs;
        label.read(json.path("forked_from"));
        List<Path> more = new ArrayList<>();
        json.path("more_directories").forEach(each -> more.add(Path.of(each.asText())));
        Set<String> tools = new LinkedHashSet<>();
        json.path("tools").forEach(each -> tools.add(each.asText()));
        place = new SessionPlace(
                Path.of(json.path("directory").asText()),
                more,
                json.path("model").asText(),
                json.path("system").textValue(),
                tools);
    }

    private void prompt(JsonNode json) throws IOException {
        List<Block> content = texts.blocks(json);
        label.prompted(content);
        waiting.add(new StoredPrompt(json.path("prompt_id").textValue(), content));
    }

    private void rules(ObjectNode update) {
        // Kept with the other changes of the mode, because the last one holds.
        if (update.path("type").asText().equals("setMode")) {
            mode = update.path("mode").textValue();
        } else {
            rules.add(update);
        }
    }

    private void cut(int size) {
        messages.subList(Math.min(messages.size(), size), messages.size()).clear();
        StoredTurn open = turn;
        if (open != null && open.promptAt >= size) {
            open.promptAt = -1;
        }
    }

    private void frame(Entry entry) throws IOException {
        byte[] json = entry.json();
        StoredTurn open = turn;
        if (startsWith(json, RESULT)) {
            turnOver(MAPPER.readTree(json), entry.seq());
        } else if (open != null) {
            frame(json, open);
        }
    }

    private static void frame(byte[] json, StoredTurn open) throws IOException {
        if (startsWith(json, THINKS)) {
            open.thinking = true;
        } else if (startsWith(json, THINKS_NOT)) {
            open.thinking = false;
        } else if (startsWith(json, MESSAGE)) {
            open.text().message(json);
        } else if (startsWith(json, TOOL_USE)) {
            JsonNode use = MAPPER.readTree(json);
            open.shown.put(use.path("tool_use_id").asText(), use.path("tool").asText());
        } else if (startsWith(json, TOOL_RESULT)) {
            open.shown.remove(MAPPER.readTree(json).path("tool_use_id").asText());
        }
    }

    private void text(RecordKind kind, Entry entry) {
        if (kind == RecordKind.PIECES) {
            texts.add(entry);
        }
        StoredTurn open = turn;
        if (open != null && kind == RecordKind.PIECES) {
            open.text().pieces(entry.json());
        } else if (open != null) {
            open.text().message(entry.json());
        }
    }

    private void said(long seq, JsonNode json) throws IOException {
        boolean assistant = json.path("role").asText().equals("assistant");
        List<Block> blocks = texts.blocks(json);
        texts.clear();
        Message message = new Message(assistant ? Message.Role.ASSISTANT : Message.Role.USER, blocks);
        String promptId = json.path("prompt_id").textValue();
        messages.add(new SaidMessage(said++, seq, json.path("at").asLong(), promptId, message));
        StoredTurn open = turn;
        if (open == null) {
            return;
        }
        if (!assistant && open.atTools) {
            open.rounds++;
        } else if (!assistant) {
            open.promptAt = messages.size() - 1;
        } else if (!blocks.isEmpty() && blocks.get(0).kind() == BlockKind.COMPACTION) {
            // The summary tells of the prompt: what follows is the work on it.
            open.promptAt = messages.size();
        }
        open.atTools = assistant && blocks.stream().anyMatch(block -> block.kind() == BlockKind.TOOL_USE);
        open.questions.clear();
        open.agreed.clear();
        open.begun.clear();
        open.results.clear();
        open.text().said();
    }

    private void turnOver(JsonNode json, long seq) {
        finished.add(json.path("prompt_id").textValue(), seq);
        if (turn == null) {
            return;
        }
        account.turnOver();
        turn = null;
        turns++;
        error = json.path("error").textValue();
        durationMs += json.path("duration_ms").asLong();
    }

    private static boolean startsWith(byte[] json, byte[] start) {
        for (int i = 0; i < start.length; i++) {
            if (i >= json.length || json[i] != start[i]) {
                return false;
            }
        }
        return true;
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /** The options as the client gave them, without the conversation; null when the book does not begin with a session. */
    public @Nullable ObjectNode options() {
        return options;
    }

    /** Null when {@link #options} is. */
    public @Nullable SessionPlace place() {
        return place;
    }

    /** What people know the session by. */
    public SessionLabel label() {
        return label;
    }

    public long createdAtMs() {
        return createdAtMs;
    }

    /** When something last happened in it that counts. */
    public long changedAtMs() {
        return changedAtMs;
    }

    /** The number of the last frame. */
    public long lastSeq() {
        return lastSeq;
    }

    /** What of the numbers up to it was given to nothing that is still there. */
    public Holes holes() {
        return holes;
    }

    public List<SaidMessage> messages() {
        return messages;
    }

    /** How many messages there ever were, those included that have left the conversation. */
    public int said() {
        return said;
    }

    /** Prompts that no turn had taken up, oldest first. */
    public List<StoredPrompt> waiting() {
        return List.copyOf(waiting);
    }

    /** The prompts that have their results. */
    public FinishedPrompts finished() {
        return finished;
    }

    /** The turn that was going on, or null. */
    public @Nullable StoredTurn turn() {
        return turn;
    }

    /** The model that was chosen later, or null. */
    public @Nullable String model() {
        return model;
    }

    /** The permission mode that was chosen later, or null. */
    public @Nullable String mode() {
        return mode;
    }

    /** What people have agreed to for the rest of the session, as clients send it. */
    public List<ObjectNode> rules() {
        return rules;
    }

    /** Tokens of the turns that ended. */
    public Usage usage() {
        return account.usage;
    }

    /** Their cost; null when the price of a part is not known. */
    public @Nullable Double usd() {
        return account.usd;
    }

    /** Their model calls. */
    public int calls() {
        return account.calls;
    }

    /** Tokens of the turn that was going on. */
    public Usage turnUsage() {
        return account.turnUsage;
    }

    /** Its cost; null when the price of a part is not known. */
    public @Nullable Double turnUsd() {
        return account.turnUsd;
    }

    /** Its model calls. */
    public int turnCalls() {
        return account.turnCalls;
    }

    /** The error of the last turn that ended, or null. */
    public @Nullable String error() {
        return error;
    }

    public int turns() {
        return turns;
    }

    public long durationMs() {
        return durationMs;
    }

    /** The last command of another node that was heard, or null. */
    public @Nullable Heard heard() {
        return heard;
    }

    public boolean ended() {
        return ended;
    }
}
