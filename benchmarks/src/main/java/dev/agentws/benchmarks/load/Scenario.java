package dev.agentws.benchmarks.load;

/**
 * One load. Immutable.
 *
 * @param name as in the report
 * @param what in one line
 * @param mode what is done with the connections
 * @param connections sockets
 * @param sessions per socket
 * @param prompts per session, one after the other
 * @param stream what the upstream sends for each prompt
 * @param skipMillis latencies of the first so many milliseconds do not count
 * @param limitSeconds then it is given up, and counts as lost
 * @param link between the server and its upstream
 */
record Scenario(
        String name,
        String what,
        Mode mode,
        int connections,
        int sessions,
        int prompts,
        Stream stream,
        int skipMillis,
        int limitSeconds,
        Link link) {

    /** The same over the plain link that every target has. */
    Scenario(
            String name,
            String what,
            Mode mode,
            int connections,
            int sessions,
            int prompts,
            Stream stream,
            int skipMillis,
            int limitSeconds) {
        this(name, what, mode, connections, sessions, prompts, stream, skipMillis, limitSeconds, Link.PLAIN);
    }

    /** What is spoken upstream; all but the plain one are for servers of this project, in a process of their own. */
    enum Link {
        PLAIN,
        TLS,
        TLS_HTTP_2
    }

    enum Mode {
        /** All streams at once, until they end. */
        STREAM,
        /** Connections that do nothing, each with a session. */
        IDLE,
        /** One client that stops reading. */
        STALL
    }

    /**
     * What a prompt asks of the simulated upstream.
     *
     * @param deltas in all
     * @param paceMicros between two deltas, 0 = as fast as it can be sent
     * @param pad bytes of text after the stamp of each delta
     * @param burst deltas per write
     * @param script of the padding: ascii, escape or cjk
     * @param thinking whether the model thinks, not talks
     */
    record Stream(int deltas, int paceMicros, int pad, int burst, String script, boolean thinking) {
        String marker() {
            return "[[n=" + deltas + ",pace=" + paceMicros + ",pad=" + pad + ",burst=" + burst + ",lang=" + script
                    + ",kind=" + (thinking ? "thinking" : "text") + "]]";
        }
    }

    Scenario over(String newName, String newWhat, Link newLink) {
        return new Scenario(
                newName, newWhat, mode, connections, sessions, prompts, stream, skipMillis, limitSeconds, newLink);
    }

    /** Whether it is played on a process that has served nothing else. */
    boolean fresh() {
        return mode != Mode.STREAM || link != Link.PLAIN;
    }

    /** How many deltas come in all if nothing is lost. */
    long expected() {
        return (long) connections * sessions * prompts * stream.deltas;
    }

    /** The same with fewer streams and deltas: shows that everything works, not what it costs. */
    Scenario quick() {
        int fewer = Math.max(1, connections / 8);
        Stream shorter = new Stream(
                mode == Mode.STALL ? stream.deltas : Math.max(100, stream.deltas / 10),
                stream.paceMicros,
                stream.pad,
                stream.burst,
                stream.script,
                stream.thinking);
        return new Scenario(
                name,
                what,
                mode,
                fewer,
                sessions,
                prompts,
                shorter,
                Math.min(skipMillis, 200),
                mode == Mode.STALL ? 3 : limitSeconds,
                link);
    }
}
