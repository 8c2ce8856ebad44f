package dev.agentws.agent.permission;

/**
 * What becomes of a call.
 *
 * @param cause what decided
 * @param reason one sentence for people, and for the model when the call is denied
 */
public record Decision(Verdict verdict, Cause cause, String reason) {
    /** The outcome. */
    public enum Verdict {
        ALLOW,
        ASK,
        DENY
    }

    /** What a decision rests on. */
    public enum Cause {
        HOOK("hook"),
        RULE("rule"),
        MODE("mode"),
        /** Places and removals that need a person whatever rules say. */
        SAFETY("safety"),
        /** The call is itself a question. */
        QUESTION("question");

        private final String wireName;

        Cause(String wireName) {
            this.wireName = wireName;
        }

        /** The name on the wire. */
        public String wireName() {
            return wireName;
        }
    }

    static Decision allow(Cause cause, String reason) {
        return new Decision(Verdict.ALLOW, cause, reason);
    }

    static Decision ask(Cause cause, String reason) {
        return new Decision(Verdict.ASK, cause, reason);
    }

    static Decision deny(Cause cause, String reason) {
        return new Decision(Verdict.DENY, cause, reason);
    }
}
