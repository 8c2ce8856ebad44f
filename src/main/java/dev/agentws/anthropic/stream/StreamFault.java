package dev.agentws.anthropic.stream;

import java.io.IOException;

/** What came cannot be gone on with: it is not JSON, or breaks a limit. The sentence says what. */
final class StreamFault extends IOException {
    private static final long serialVersionUID = 1L;

    private final String sentence;

    StreamFault(String sentence) {
        super(sentence);
        this.sentence = sentence;
    }

    String sentence() {
        return sentence;
    }
}
