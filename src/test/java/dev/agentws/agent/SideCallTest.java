package dev.agentws.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.agentws.agent.model.ModelFailure;
import dev.agentws.agent.model.ModelRequest;
import dev.agentws.agent.tool.SmallModel;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class SideCallTest {
    private final SessionStage stage = new SessionStage();
    private final SideCall side = new SideCall(stage.session);

    @BeforeEach
    void beginTurn() {
        stage.prompt("hi");
        stage.model.last().start();
    }

    private record Asked(Thread worker, FutureTask<String> answer) {}

    private Asked ask() {
        FutureTask<String> answer = new FutureTask<>(() -> {
            try {
                return side.answer("be brief", "the page");
            } catch (SmallModel.Unavailable reason) {
                return "unavailable: " + reason.getMessage();
            } catch (InterruptedException e) {
                return "interrupted";
            }
        });
        Thread worker = new Thread(answer);
        worker.start();
        while (worker.getState() != Thread.State.WAITING && worker.isAlive()) {
            Thread.onSpinWait();
        }
        return new Asked(worker, answer);
    }

    private double turnCost() {
        ScriptedModel.Call turn = stage.model.calls.get(0);
        turn.text("done").end("end_turn");
        Double cost = stage.session.info().costUsd();
        return cost == null ? Double.NaN : cost;
    }

    @Test
    void theAnswerComesUnescapedAndIsPaidByTheTurn() throws Exception {
        Asked asked = ask();
        ModelRequest request = stage.model.requests.get(1);
        assertThat(request.model()).isEqualTo("claude-sonnet-5-5");
        assertThat(request.system()).isEqualTo("be brief");
        assertThat(request.tools()).isEmpty();
        assertThat(stage.model.lastMessages()).contains("the page").doesNotContain("hi");
        stage.model
                .last()
                .start()
                .thinking("hm", "sig")
                .text("a\\n", "\\u00e9 ")
                .end("end_turn");
        assertThat(asked.answer().get()).isEqualTo("a\né");
        assertThat(turnCost()).isEqualTo(2 * (10 * 2 + 5 * 10) / 1_000_000.0);
        assertThat(stage.heard()).noneMatch(line -> line.contains("é")).last().isEqualTo("result p-hi end_turn");
    }

    @Test
    void aFailureIsToldInWords() throws Exception {
        Asked asked = ask();
        stage.model.last().start().fail(ModelFailure.Kind.OVERLOADED, "too busy");
        assertThat(asked.answer().get()).isEqualTo("unavailable: too busy");
        Asked empty = ask();
        stage.model.last().start().end("end_turn");
        assertThat(empty.answer().get()).isEqualTo("unavailable: the model said nothing");
    }

    @Test
    void anInterruptCancelsTheCallAndStillCountsIt() throws Exception {
        Asked asked = ask();
        ScriptedModel.Call call = stage.model.last().start();
        asked.worker().interrupt();
        assertThat(asked.answer().get()).isEqualTo("interrupted");
        assertThat(call.cancelled).isTrue();
        assertThat(turnCost()).isCloseTo((20 * 2 + 6 * 10) / 1_000_000.0, within(1e-12));
    }

    @Test
    void afterTheSessionsEndNobodyIsAsked() {
        stage.registry.end(stage.session);
        assertThatThrownBy(() -> side.answer("x", "y"))
                .isInstanceOf(SmallModel.Unavailable.class)
                .hasMessage("the session has ended");
        assertThat(stage.model.calls).hasSize(1);
    }
}
