package dev.agentws.simulator;

import dev.agentws.simulator.agent.AgentScript;
import java.time.Duration;

/** The scripts that come with the simulator. */
public final class Scripts {
    private static final Duration VISIBLE_PACE = Duration.ofMillis(30);

    private Scripts() {}

    /**
     * The small agent for demos: obeys markers and simple wishes, and speaks a few words every 20 to 40 ms.
     *
     * <p>Markers stand anywhere in the last words of the user, as in {@code [[n=2000,burst=16]]}:
     *
     * <ul>
     *   <li>{@code n} deltas, {@code pace} microseconds apart (0 = as fast as the socket takes them), {@code burst} per write,
     *       each with {@code pad} more bytes of text in {@code lang} ascii, cjk or escape; {@code kind=thinking}
     *   <li>{@code error=529} (or 400, 401, 404, 413, 429, 500) with {@code retry_after} seconds; only the first {@code times}
     *       requests with the same words fail
     *   <li>{@code midstream=overloaded_error}, {@code cut=N}, {@code stall=N}: what happens after some deltas
     *   <li>{@code refusal}, {@code max_tokens}, {@code pause_turn}: how the answer stops
     *   <li>{@code slowstart=MILLIS}, {@code crlf}, {@code noevent}, {@code bytes}: how it travels
     *   <li>{@code tool=Bash {"command":"echo hi"}}: calls that tool first, and quotes its result then
     *   <li>{@code deviant=llamacpp}, {@code vllm}, {@code ollama} or {@code litellm}: answers in their manner
     * </ul>
     */
    public static Script agent() {
        return agent(VISIBLE_PACE);
    }

    /** The small agent at another pace: the mean time between two pieces of text; zero = no waiting at all. */
    public static Script agent(Duration pace) {
        AgentScript agent = new AgentScript(pace);
        return call -> call.run(() -> agent.answer(call.writer()));
    }

    /** A script for tests: calls wait in a queue until the test takes and answers them. */
    public static GatedScript gated() {
        return new GatedScript();
    }
}
