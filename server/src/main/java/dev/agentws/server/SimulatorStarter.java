package dev.agentws.server;

import dev.agentws.TlsFiles;
import java.io.IOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Starts the stand-in for the Messages API on its own. */
@FunctionalInterface
public interface SimulatorStarter {

    /**
     * Starts the stand-in on loopback; blocks until it listens.
     *
     * @param port 0 for any free one
     * @param pace time between two pieces of an answer, or null for the stand-in's own
     * @param identity who it is, to speak TLS; or null for plain text
     * @throws IOException if the port cannot be bound
     * @throws StartFailure if the identity is no good
     */
    Running start(int port, @Nullable Duration pace, @Nullable TlsFiles identity) throws IOException, StartFailure;
}
