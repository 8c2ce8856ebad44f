package dev.agentws.tools.shell;

import dev.agentws.agent.tool.ToolOutput;

/** Shows the output of a command as it comes, up to a limit that is said once. Confined to the call's worker. */
final class LiveOutput {
    private final ToolOutput output;
    private final long limit;
    private long shown;
    private boolean stopped;

    LiveOutput(ToolOutput output, long limit) {
        this.output = output;
        this.limit = limit;
    }

    void show(String stream, String piece) throws InterruptedException {
        if (stopped) {
            return;
        }
        int room = (int) Math.min(piece.length(), limit - shown);
        if (room > 0 && room < piece.length() && Character.isHighSurrogate(piece.charAt(room - 1))) {
            room--;
        }
        if (room > 0) {
            output.write(stream, piece.substring(0, room));
            shown += room;
        }
        if (room < piece.length()) {
            stopped = true;
            output.write(
                    stream, "\n[The live output stops here, after " + shown + " characters; the command runs on.]\n");
        }
    }
}
