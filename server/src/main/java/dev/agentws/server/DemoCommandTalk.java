package dev.agentws.server;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** The demo's part of the conversation: what it asks, how it answers, and when it is satisfied. Confined to one thread. */
final class DemoCommandTalk {
    static final String PROMPT = "list the files, then read notes.txt, then run `wc -l notes.txt | tee lines.txt`";

    private final DemoCommandClient client;
    private final String key;
    private final DemoCommandScreen screen;

    /** @param key is shown to the server first */
    DemoCommandTalk(DemoCommandClient client, String key, DemoCommandScreen screen) {
        this.client = client;
        this.key = key;
        this.screen = screen;
    }

    /** Talks until the session has ended. */
    void run() throws StartFailure {
        client.send(message("auth").put("token", key));
        boolean over = false;
        while (!over) {
            JsonNode frame = client.receive();
            screen.frame(frame);
            over = react(frame);
        }
    }

    /** Whether that was the last frame. */
    private boolean react(JsonNode frame) throws StartFailure {
        String session = frame.path("session_id").asText();
        switch (frame.path("type").asText()) {
            case "auth_success":
                client.send(message("create_session"));
                break;
            case "session_created":
                screen.says("you", PROMPT);
                client.send(message("send_prompt").put("session_id", session).put("prompt", PROMPT));
                break;
            case "permission_request":
                screen.says("you", "yes");
                client.send(message("permission_response")
                        .put("session_id", session)
                        .put("request_id", frame.path("request_id").asText())
                        .put("approved", true));
                break;
            case "agent_result":
                if (frame.path("is_error").asBoolean()) {
                    throw failed("the turn failed", frame.path("error"));
                }
                client.send(message("end_session").put("session_id", session));
                break;
            case "error":
                throw failed("the server answered with an error", frame.path("message"));
            case "session_ended":
                return true;
            default:
                break;
        }
        return false;
    }

    private static ObjectNode message(String type) {
        return JsonNodeFactory.instance.objectNode().put("type", type);
    }

    private static StartFailure failed(String what, JsonNode why) {
        return new StartFailure("demo: " + what + ": " + BadSetting.printable(why.asText()));
    }
}
