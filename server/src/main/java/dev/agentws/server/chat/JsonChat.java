package dev.agentws.server.chat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.agentws.client.AgentClient;
import dev.agentws.client.AgentSession;
import dev.agentws.client.ClientException;
import java.io.PrintWriter;
import java.time.Duration;

/** One prompt for a script: each frame of the session as one line, and an exit code that tells how the turn ended. */
public final class JsonChat {
    private static final Duration LONG = Duration.ofMinutes(1);

    private JsonChat() {}

    /**
     * Prints the frames up to the prompt's {@code agent_result}. Questions are answered no, because nobody is there.
     *
     * @return {@link Chat#OK}, or {@link Chat#FAILED} if the turn failed or the prompt was refused
     */
    public static int run(ChatRequest request, PrintWriter out) throws ClientException, InterruptedException {
        try (AgentClient client = AgentClient.connect(request.server())) {
            AgentSession session = Chat.open(client, request);
            try {
                return turn(session, session.prompt(request.prompt()), out);
            } finally {
                if (request.sessionId() == null) {
                    session.end();
                }
            }
        }
    }

    private static int turn(AgentSession session, String promptId, PrintWriter out)
            throws ClientException, InterruptedException {
        while (true) {
            JsonNode frame = session.next(LONG);
            if (frame == null) {
                continue;
            }
            String type = frame.path("type").asText();
            if (!type.equals(AgentSession.CONNECTION_CUT)) {
                out.print(frame + "\n");
                out.flush();
            }
            if (type.equals("permission_request")) {
                session.deny(frame.path("request_id").asText(), "Nobody is there who could be asked.");
            } else if (type.equals("agent_result")
                    && frame.path("prompt_id").asText().equals(promptId)) {
                return frame.path("is_error").asBoolean() ? Chat.FAILED : Chat.OK;
            } else if (type.equals("error") && !frame.has("seq")) {
                return Chat.FAILED;
            }
        }
    }
}
