package dev.agentws.agent.model;

import java.util.List;

/** One message of the transcript. Immutable. */
public record Message(Role role, List<Block> blocks) {
    public Message {
        blocks = List.copyOf(blocks);
    }

    /** Who speaks. */
    public enum Role {
        USER,
        ASSISTANT;

        /** The name on the wire. */
        public String wireName() {
            return this == USER ? "user" : "assistant";
        }
    }
}
