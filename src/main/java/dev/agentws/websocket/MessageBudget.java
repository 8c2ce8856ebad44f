package dev.agentws.websocket;

import io.github.resilience4j.ratelimiter.RateLimiter;
import org.jspecify.annotations.Nullable;

/**
 * What one connection may still send. Its first messages are only counted: most connections are idle, and a limiter for each would be
 * memory for nothing. Confined to the connection's event loop.
 */
final class MessageBudget {
    private static final int COUNTED_ONLY = 64;

    private final RateGate messageGate;
    private final RateGate promptGate;
    private int messagesSeen;
    private int promptsSeen;
    private @Nullable RateLimiter messages;
    private @Nullable RateLimiter prompts;

    MessageBudget(RateGate messageGate, RateGate promptGate) {
        this.messageGate = messageGate;
        this.promptGate = promptGate;
    }

    /** Takes a permit for a message or a control frame; false if there is none. */
    boolean takeMessage() {
        if (messages == null) {
            if (messagesSeen < countedOnly(messageGate)) {
                messagesSeen++;
                return true;
            }
            messages = limiterAfter(messageGate, messagesSeen);
        }
        return messages.acquirePermission();
    }

    /** Takes a permit for a prompt, besides that for its message; false if there is none. */
    boolean takePrompt() {
        if (prompts == null) {
            if (promptsSeen < countedOnly(promptGate)) {
                promptsSeen++;
                return true;
            }
            prompts = limiterAfter(promptGate, promptsSeen);
        }
        return prompts.acquirePermission();
    }

    long messageRetryAfterMs() {
        return messageGate.retryAfterMs();
    }

    long promptRetryAfterMs() {
        return promptGate.retryAfterMs();
    }

    private static int countedOnly(RateGate gate) {
        return Math.min(COUNTED_ONLY, gate.limit());
    }

    // The counted ones may all have come just now, so they are taken from the first period.
    private static RateLimiter limiterAfter(RateGate gate, int seen) {
        RateLimiter limiter = gate.limiter();
        limiter.acquirePermission(seen);
        return limiter;
    }
}
