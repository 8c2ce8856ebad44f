package dev.agentws.tools.shell;

import dev.agentws.tools.call.ToolFailure;
import java.io.IOException;
import java.nio.file.Path;

/** Starts the commands of one session, in its sandbox or without. Blocks; thread-safe. */
interface CommandStarter {
    /**
     * One command.
     *
     * @param id what its processes are marked with
     * @param directory where it starts; real
     * @param told the file it writes its last directory to
     */
    record Call(String id, String command, Path directory, Path told) {
        String mark() {
            return ChildEnvironment.MARK + "=" + id;
        }
    }

    /** @param over is to be run when nothing is left of the command */
    record Started(Process process, Hunt hunt, Runnable over) {}

    Started start(Call call) throws IOException, ToolFailure;

    /** Frees what the session had for its commands, once they have ended. */
    void close();
}
