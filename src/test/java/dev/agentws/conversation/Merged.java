package dev.agentws.conversation;

import java.util.ArrayList;
import java.util.List;

/** What a client has put together from a session's frames: pieces that follow one another are one, however they were cut. */
final class Merged {
    private Merged() {}

    /** In a few words each; answers to {@code subscribe} and questions that were only shown again are left out. */
    static List<String> briefs(List<Frame> frames) {
        List<String> merged = new ArrayList<>();
        String open = "";
        long seen = 0;
        for (Frame frame : frames) {
            if (frame.seq() <= seen) {
                continue;
            }
            seen = frame.seq();
            String key = frame.isPiece() ? frame.type() + frame.at("message_id") : "";
            if (!key.isEmpty() && key.equals(open)) {
                int last = merged.size() - 1;
                merged.set(last, merged.get(last) + frame.at("content"));
            } else {
                merged.add(frame.brief());
            }
            open = key;
        }
        return merged;
    }
}
