package dev.agentws.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentws.journal.End;
import dev.agentws.journal.files.Durability;
import dev.agentws.journal.redis.RedisJournalConfig;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Where and how sessions are written down, as it is set. */
final class JournalSettingsReaderTest {
    private TestRun run;

    @BeforeEach
    void start(@TempDir Path directory) {
        run = new TestRun(directory);
    }

    @Test
    void aDataDirectoryMayBeThereAlready(@TempDir Path there) {
        run.environment.put("AGENT_SERVER_DATA_DIR", there.toString());
        assertThat(run.settings().journal().directory()).isEqualTo(there);
    }

    @Test
    void withoutADataDirectoryNothingIsWrittenDown() {
        run.environment.put("AGENT_SERVER_DATA_DIR", "none");
        assertThat(run.settings().journal().directory()).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"auto", "", " "})
    void unlessToldOtherwiseSessionsAreWrittenDownInTheUsualDirectory(String usual) {
        run.environment.put("AGENT_SERVER_DATA_DIR", usual);
        Settings.Journal journal = run.settings().journal();
        assertThat(journal.directory()).isEqualTo(run.place.resolve(Values.USUAL_DATA));
        assertThat(journal.chosen()).isFalse();
    }

    @Test
    void redisTakesThePlaceOfTheUsualDirectory() {
        run.environment.put("AGENT_SERVER_REDIS_URL", "redis://127.0.0.1");
        assertThat(run.settings().journal().directory()).isNull();
    }

    @Test
    void aLevelIsNotIgnoredWhereRedisDecides() {
        run.environment.put("AGENT_SERVER_REDIS_URL", "redis://127.0.0.1");
        run.environment.put("AGENT_SERVER_JOURNAL_LEVEL", "strict");
        assertThat(run.run()).isNotEqualTo(Program.OK);
        assertThat(run.err()).contains("AGENT_SERVER_JOURNAL_LEVEL: set beside AGENT_SERVER_REDIS_URL");
    }

    @Test
    void replicasAndLeaseReachTheJournalInRedis() {
        run.environment.put("AGENT_SERVER_REDIS_URL", "redis://127.0.0.1");
        run.environment.put("AGENT_SERVER_REDIS_REPLICAS", "2");
        run.environment.put("AGENT_SERVER_REDIS_LEASE_SECONDS", "9");
        Settings.Journal journal = run.settings().journal();
        RedisJournalConfig config = AgentLauncher.redis(Objects.requireNonNull(journal.redis()), journal);
        assertThat(config.url()).isEqualTo("redis://127.0.0.1");
        assertThat(config.replicas()).isEqualTo(2);
        assertThat(config.lease()).isEqualTo(Duration.ofSeconds(9));
    }

    @Test
    void sessionsAreWrittenDownWhereTheDataDirectoryIsSet() {
        run.environment.put("AGENT_SERVER_DATA_DIR", "/x");
        run.environment.put("AGENT_SERVER_ENDED_SESSIONS", "delete");
        run.environment.put("AGENT_SERVER_JOURNAL_LEVEL", "strict");
        run.environment.put("AGENT_SERVER_ARCHIVE_DAYS", "7");
        assertThat(run.settings().journal())
                .isEqualTo(new Settings.Journal(
                        Path.of("/x"),
                        true,
                        null,
                        Duration.ofSeconds(5),
                        0,
                        Durability.STRICT,
                        Duration.ofSeconds(300),
                        End.DELETE,
                        Duration.ofDays(7)));
    }
}
