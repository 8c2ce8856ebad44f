package dev.agentws.server.chat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.agentws.client.AgentClient;
import dev.agentws.client.AgentSession;
import dev.agentws.client.ClientException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

/** One run of the client for a person: prompts in, answers out, until there is no more to say. Confined to one thread. */
public final class Chat {
    /** Exit codes: all went well; the turn failed; the person left in the middle of it. */
    public static final int OK = 0;

    public static final int FAILED = 1;
    public static final int LEFT = 130;

    /** How long a Ctrl-C may wait to be seen. */
    private static final Duration TICK = Duration.ofMillis(100);

    private final ChatRequest request;
    private final ChatTerminal terminal;
    private final ChatScreen screen;
    private final AgentClient client;
    private final AgentSession session;
    private final ChatQuestions questions;
    /** Presses of Ctrl-C in this turn. */
    private final AtomicInteger interrupts = new AtomicInteger();

    private boolean spoken;

    private Chat(ChatRequest request, ChatTerminal terminal, AgentClient client, AgentSession session) {
        this.request = request;
        this.terminal = terminal;
        this.client = client;
        this.session = session;
        this.screen = new ChatScreen(terminal.out(), terminal.styled());
        this.questions = new ChatQuestions(session, terminal, screen);
    }

    /**
     * Connects and talks.
     *
     * @return the exit code
     * @throws ClientException if there is no connection, or the session cannot be had or is lost
     */
    public static int run(ChatRequest request, ChatTerminal terminal) throws ClientException, InterruptedException {
        try (AgentClient client = AgentClient.connect(request.server())) {
            AgentSession session = open(client, request);
            return new Chat(request, terminal, client, session).talk();
        }
    }

    static AgentSession open(AgentClient client, ChatRequest request) throws ClientException {
        String id = request.sessionId();
        if (id == null) {
            return client.create(request.options());
        }
        AgentSession session = client.resume(id, 0);
        if (request.mode() != null) {
            session.setMode(request.mode());
        }
        if (request.model() != null) {
            session.setModel(request.model());
        }
        return session;
    }

    private int talk() throws ClientException, InterruptedException {
        terminal.onInterrupt(this::interrupted);
        if (request.sessionId() != null) {
            replay();
        }
        int code = request.prompt().isBlank() ? OK : turn(request.prompt());
        if (!request.once() && code != LEFT) {
            code = dialogue();
        }
        boolean useless = request.sessionId() == null && (request.once() || !spoken);
        if (useless) {
            session.end();
        } else {
            screen.note("to go on: " + request.command() + " --session " + session.id());
        }
        return code;
    }

    private int dialogue() throws ClientException, InterruptedException {
        screen.note("/help shows what can be typed; Ctrl-C stops a turn, Ctrl-D leaves");
        boolean leaving = false;
        while (true) {
            String line = terminal.line("> ");
            if (line == null) {
                return OK;
            }
            if (line.equals(ChatTerminal.INTERRUPT)) {
                if (leaving) {
                    return OK;
                }
                leaving = true;
                screen.note("Ctrl-C once more to leave");
                continue;
            }
            leaving = false;
            if (line.strip().equals("/quit")) {
                return OK;
            }
            if (!command(line.strip()) && turn(line) == LEFT) {
                return LEFT;
            }
        }
    }

    /** Whether the line was none for the model. */
    private boolean command(String line) throws ClientException, InterruptedException {
        String[] words = line.split("\\s+", 2);
        String argument = words.length > 1 ? words[1] : "";
        switch (words[0]) {
            case "" -> {
                return true;
            }
            case "/help" -> help();
            case "/sessions" -> sessions();
            case "/mode" -> {
                session.setMode(argument);
                answer();
            }
            case "/model" -> {
                session.setModel(argument);
                answer();
            }
            default -> {
                return false;
            }
        }
        return true;
    }

    private void help() {
        screen.note("/mode MODE     default, acceptEdits, plan, dontAsk, bypassPermissions");
        screen.note("/model NAME    another model from the next call on");
        screen.note("/sessions      all sessions of the server");
        screen.note("/compact       put a summary in the place of the conversation");
        screen.note("/quit          leave; the session stays");
        screen.note("A line that ends with \\ goes on in the next. Questions: y yes, a always, n no.");
    }

    private void sessions() throws ClientException {
        for (JsonNode each : client.sessions()) {
            screen.note((each.path("id").asText().equals(session.id()) ? "* " : "  ")
                    + each.path("id").asText() + "  " + each.path("status").asText() + "  "
                    + each.path("num_turns") + " prompts  "
                    + each.path("updated_at").asText());
        }
    }

    /** Shows what comes until the server has answered a change of the session. */
    private void answer() throws ClientException, InterruptedException {
        while (true) {
            JsonNode frame = session.next(TICK.multipliedBy(100));
            if (frame == null) {
                return;
            }
            screen.frame(frame);
            String type = frame.path("type").asText();
            if (type.equals("session_updated") || type.equals("error")) {
                return;
            }
        }
    }

    /** Shows what has happened in the session, and its running turn to the end. */
    private void replay() throws ClientException, InterruptedException {
        long last = Long.MAX_VALUE;
        // What was shown, not what has come: frames may wait in the session's queue.
        long shown = 0;
        boolean working = true;
        while (working || shown < last) {
            JsonNode frame = session.next(TICK);
            if (frame == null) {
                continue;
            }
            show(frame);
            shown = Math.max(shown, frame.path("seq").asLong());
            String type = frame.path("type").asText();
            if (type.equals("subscribed")) {
                last = frame.path("last_seq").asLong();
                working = frame.path("status").asText().equals("processing");
            } else if (type.equals("agent_result") && shown > last) {
                working = false;
            }
        }
    }

    private int turn(String text) throws ClientException, InterruptedException {
        interrupts.set(0);
        spoken = true;
        String promptId = session.prompt(text);
        while (interrupts.get() < 2) {
            JsonNode frame = session.next(TICK);
            if (frame == null) {
                continue;
            }
            show(frame);
            String type = frame.path("type").asText();
            if (type.equals("agent_result") && frame.path("prompt_id").asText().equals(promptId)) {
                return frame.path("is_error").asBoolean() ? FAILED : OK;
            }
            if (type.equals("error") && !frame.has("seq")) {
                return FAILED;
            }
        }
        screen.endLine();
        return LEFT;
    }

    private void show(JsonNode frame) throws ClientException, InterruptedException {
        if (frame.path("type").asText().equals("permission_request")) {
            questions.ask(frame, interrupts);
        } else {
            screen.frame(frame);
        }
    }

    /** On the terminal's thread. */
    private void interrupted() {
        if (interrupts.incrementAndGet() == 1) {
            session.interrupt();
        }
    }
}
