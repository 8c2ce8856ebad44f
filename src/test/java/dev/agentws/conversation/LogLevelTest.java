package dev.agentws.conversation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentws.OperationsConfig;
import dev.agentws.metrics.LogLevels;
import dev.agentws.metrics.MetricsAccess;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The log level over HTTP. */
final class LogLevelTest {
    private static final String[] TOKEN = {"authorization", "Bearer " + Stage.KEY};

    @RegisterExtension
    final Stage stage = new Stage();

    private final Dial dial = new Dial();

    @BeforeEach
    void give() {
        stage.settings.operations = new OperationsConfig(MetricsAccess.AUTO, dial, null, false);
    }

    @Test
    void whoHasTheTokenReadsAndChangesIt() {
        assertThat(stage.http("GET", "/loglevel", TOKEN)).isEqualTo("200\n{\"level\":\"info\"}");
        assertThat(stage.http("PUT", "/loglevel?level=debug", TOKEN)).isEqualTo("200\n{\"level\":\"debug\"}");
        assertThat(dial.level).isEqualTo("debug");
    }

    @Test
    void nobodyElseDoes() {
        assertThat(stage.http("GET", "/loglevel")).startsWith("401\n");
        assertThat(stage.http("PUT", "/loglevel?level=debug", "authorization", "Bearer x"))
                .startsWith("401\n");
        assertThat(dial.level).isEqualTo("info");
    }

    @Test
    void readingNeverChangesItAndAnUnknownLevelIsRefused() {
        assertThat(stage.http("GET", "/loglevel?level=debug", TOKEN)).isEqualTo("200\n{\"level\":\"info\"}");
        assertThat(stage.http("PUT", "/loglevel?level=loud", TOKEN)).startsWith("400\n");
        assertThat(stage.http("PUT", "/loglevel", TOKEN)).startsWith("400\n");
        assertThat(stage.http("DELETE", "/loglevel", TOKEN)).startsWith("405\n");
        assertThat(stage.http("PUT", "/health", TOKEN)).startsWith("405\n");
        assertThat(dial.level).isEqualTo("info");
    }

    /** Knows two levels. */
    private static final class Dial implements LogLevels {
        private volatile String level = "info";

        @Override
        public String current() {
            return level;
        }

        @Override
        public boolean change(String wished) {
            boolean known = wished.equals("info") || wished.equals("debug");
            level = known ? wished : level;
            return known;
        }
    }
}
