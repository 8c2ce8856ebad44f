package dev.agentws.server;

import java.io.PrintStream;
import java.util.Map;
import java.util.function.Consumer;

/**
 * The process as the program sees it, so that a test can be one. Immutable.
 *
 * @param environment the environment variables
 * @param place where relative paths start
 * @param processors how many the process may use
 * @param out what a user or a script reads
 * @param err complaints
 * @param onShutdown takes what must run before the process ends
 * @param onSignal takes what runs each time the process is asked to end (SIGTERM, SIGINT), which by itself it then no longer does
 */
record Surroundings(
        Map<String, String> environment,
        Place place,
        int processors,
        PrintStream out,
        PrintStream err,
        Consumer<Runnable> onShutdown,
        Consumer<Runnable> onSignal) {}
