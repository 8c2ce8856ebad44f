package dev.agentws.server;

import java.io.IOException;

/** Starts the server that the settings describe. */
@FunctionalInterface
public interface Launcher {

    /**
     * Starts the server; blocks until it listens.
     *
     * @param settings what to start
     * @param key the file to compare tokens with; to be asked only while authentication is enabled
     * @throws IOException if the address cannot be bound
     * @throws StartFailure if something else is in the way; its message is shown to the user
     */
    Running start(Settings settings, KeyFile key) throws IOException, StartFailure;
}
