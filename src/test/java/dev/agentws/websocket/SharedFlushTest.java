package dev.agentws.websocket;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Sessions that share a socket share its writes, though each has an upstream connection of its own. */
final class SharedFlushTest {
    private static final String PIECE = "\"complete\":false";
    private static final int SESSIONS = 20;

    private final List<EndlessAnswer> answers = new ArrayList<>();

    private HandLoop loop(Duration window, int sessions) throws IOException {
        HandLoop loop = new HandLoop(WebSocketConfig.defaults().withFlushWindow(window), false, () -> {
            EndlessAnswer answer = new EndlessAnswer().onDemand();
            answers.add(answer);
            return answer;
        });
        for (int i = 0; i < sessions; i++) {
            loop.prompt("s" + i);
        }
        loop.round();
        loop.pass(window);
        loop.received();
        assertThat(answers).hasSize(sessions);
        return loop;
    }

    private static int pieces(String received) {
        return received.split(PIECE, -1).length - 1;
    }

    @Test
    void piecesOfTwoUpstreamsInOneRoundOfTheLoopLeaveWithOneWrite() throws IOException {
        try (HandLoop loop = loop(Duration.ZERO, 2)) {
            int before = loop.client.writes();
            answers.forEach(answer -> answer.more(3));
            loop.round();

            assertThat(loop.client.writes() - before).isEqualTo(1);
            String received = loop.received();
            assertThat(pieces(received)).isEqualTo(6);
            assertThat(received).contains("\"session_id\":\"s0\"", "\"session_id\":\"s1\"");
        }
    }

    @Test
    void withAWindowOfAMillisecondManySessionsNeedFewerWritesForTheSamePieces() throws IOException {
        assertThat(writesOfEightRounds(Duration.ZERO)).isEqualTo(8);
        answers.clear();
        assertThat(writesOfEightRounds(Duration.ofMillis(1))).isEqualTo(2);
    }

    /** Each session says something in each round, and a round takes a quarter of a millisecond. */
    private int writesOfEightRounds(Duration window) throws IOException {
        try (HandLoop loop = loop(window, SESSIONS)) {
            int before = loop.client.writes();
            for (int i = 0; i < 8; i++) {
                answers.forEach(answer -> answer.more(1));
                loop.round();
                loop.pass(Duration.ofNanos(250_000));
            }
            loop.pass(window);
            assertThat(pieces(loop.received())).isEqualTo(8 * SESSIONS);
            return loop.client.writes() - before;
        }
    }
}
