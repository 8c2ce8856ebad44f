package dev.agentws.journal.redis;

/** The names in Redis. All keys of a session share the hash tag, so that one script may use them together. */
final class RedisKeys {
    static final String CURRENT = "agentws:sessions";
    static final String ARCHIVE = "agentws:archived";
    /** Set of the sessions that somebody has to take up when their owner dies. */
    static final String BUSY = "agentws:busy";

    /** Before a node's name: the channel that says for which of its sessions a command waits. */
    static final String INBOX = "agentws:inbox:";

    static final String NODES = "agentws:nodes";

    private final String prefix;

    RedisKeys(String sessionId) {
        // Braces would end the hash tag early.
        prefix = "agentws:{" + sessionId.replace("%", "%25").replace("{", "%7b").replace("}", "%7d") + "}:";
    }

    /** Hash: fence, epoch, entries, last (id in the stream), summary; story and keeps, by {@link Script}. */
    String meta() {
        return prefix + "meta";
    }

    /** Stream of the entries; ids are SEQ-N, where N counts the entries of one number from 1. */
    String stream() {
        return prefix + "entries";
    }

    /** String with the owner's node; expires. */
    String lease() {
        return prefix + "lease";
    }

    /** Stream of what other nodes ask of the owner. */
    String commands() {
        return prefix + "commands";
    }

    /** String with what became of a command; expires. */
    String outcome(String commandId) {
        return prefix + "outcome:" + commandId;
    }

    /** Channel that says that there are new entries or outcomes. */
    String channel() {
        return prefix + "news";
    }

    /** Set of the sessions that count for one limit. */
    static String limit(String name) {
        return "agentws:limit:" + name;
    }

    static String node(String node) {
        return "agentws:node:" + node;
    }
}
