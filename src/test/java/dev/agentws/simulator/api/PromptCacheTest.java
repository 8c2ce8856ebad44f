package dev.agentws.simulator.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;

final class PromptCacheTest {
    private static final ModelInfo MODEL = ModelInfo.of("claude-sonnet-4-6");
    private static final String SYSTEM = "s".repeat(8000);

    private final MovingClock clock = new MovingClock();
    private final PromptCache cache = new PromptCache(clock);

    private static final class MovingClock extends Clock {
        private Instant now = Instant.EPOCH;

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }

        @Override
        public Instant instant() {
            return now;
        }
    }

    private TokenUsage charge(String key, String system, String mark, String prompt) throws Exception {
        String body = "{\"system\":[{\"type\":\"text\",\"text\":\"" + system + "\"" + mark
                + "}],\"messages\":[{\"role\":\"user\",\"content\":\"" + prompt + "\"}]}";
        return cache.charge(key, MODEL, JsonBodies.read(body), 2);
    }

    private static String mark(String more) {
        return ",\"cache_control\":{\"type\":\"ephemeral\"" + more + "}";
    }

    @Test
    void aMarkedPrefixIsWrittenOnceAndThenRead() throws Exception {
        assertThat(charge("k", SYSTEM, mark(""), "12345678")).isEqualTo(new TokenUsage(2, 2000, 0, 0, 2));
        assertThat(charge("k", SYSTEM, mark(""), "123456789012")).isEqualTo(new TokenUsage(3, 0, 0, 2000, 2));
    }

    @Test
    void withoutAMarkNothingIsCached() throws Exception {
        charge("k", SYSTEM, "", "12345678");

        assertThat(charge("k", SYSTEM, "", "12345678")).isEqualTo(new TokenUsage(2002, 0, 0, 0, 2));
    }

    @Test
    void aPrefixBelowTheMinimumIsSilentlyNotCached() throws Exception {
        charge("k", "short", mark(""), "12345678");

        assertThat(charge("k", "short", mark(""), "12345678")).isEqualTo(new TokenUsage(3, 0, 0, 0, 2));
    }

    @Test
    void keysDoNotShareTheirCache() throws Exception {
        charge("k", SYSTEM, mark(""), "12345678");

        assertThat(charge("other", SYSTEM, mark(""), "12345678").cacheRead()).isZero();
    }

    @Test
    void entriesAgeUnlessTheyAreUsed() throws Exception {
        charge("k", SYSTEM, mark(""), "12345678");
        clock.now = clock.now.plus(Duration.ofMinutes(4));
        assertThat(charge("k", SYSTEM, mark(""), "12345678").cacheRead()).isEqualTo(2000);
        clock.now = clock.now.plus(Duration.ofMinutes(4));
        assertThat(charge("k", SYSTEM, mark(""), "12345678").cacheRead()).isEqualTo(2000);
        clock.now = clock.now.plus(Duration.ofMinutes(5));
        assertThat(charge("k", SYSTEM, mark(""), "12345678").cacheRead()).isZero();
    }

    @Test
    void anHourLongMarkIsChargedApartAndLastsAnHour() throws Exception {
        assertThat(charge("k", SYSTEM, mark(",\"ttl\":\"1h\""), "12345678"))
                .isEqualTo(new TokenUsage(2, 0, 2000, 0, 2));
        clock.now = clock.now.plus(Duration.ofMinutes(59));
        assertThat(charge("k", SYSTEM, mark(",\"ttl\":\"1h\""), "12345678").cacheRead())
                .isEqualTo(2000);
    }

    @Test
    void aConversationThatGrowsReadsWhatItWroteBefore() throws Exception {
        String one = "{\"type\":\"text\",\"text\":\"" + SYSTEM + "\"" + mark("") + "}";
        String two = "{\"type\":\"text\",\"text\":\"" + SYSTEM + "\"}";
        String first = "{\"messages\":[{\"role\":\"user\",\"content\":[" + one + "]}]}";
        String second = "{\"messages\":[{\"role\":\"user\",\"content\":[" + two
                + "]},{\"role\":\"assistant\",\"content\":\"1234\"},{\"role\":\"user\",\"content\":[" + one + "]}]}";

        assertThat(cache.charge("k", MODEL, JsonBodies.read(first), 2)).isEqualTo(new TokenUsage(0, 2000, 0, 0, 2));
        assertThat(cache.charge("k", MODEL, JsonBodies.read(second), 2)).isEqualTo(new TokenUsage(0, 2001, 0, 2000, 2));
    }
}
