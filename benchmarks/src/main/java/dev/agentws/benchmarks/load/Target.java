package dev.agentws.benchmarks.load;

import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;

/**
 * A server that can be measured. Immutable.
 *
 * @param name in the report
 * @param command made from the port it is to listen on
 * @param environment besides PORT, TOKEN and UPSTREAM, which every server gets
 * @param token that it wants to see
 * @param webSocket false for one that relays HTTP as it is
 */
record Target(
        String name,
        IntFunction<List<String>> command,
        Map<String, String> environment,
        String token,
        boolean webSocket) {
    static final String OURS = "agentws";
    static final String FLOOR = "floor-c";
}
