package dev.agentws.anthropic;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.agentws.anthropic.http.ResponseHead;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RetryRuleTest {
    private final RetryRule rule = new RetryRule(10, ClientRig.CLOCK, () -> 0);

    @Test
    void theWaitDoublesFromHalfASecondToEight() {
        assertThat(IntStream.range(0, 7)
                        .mapToObj(n -> requireNonNull(rule.waitBefore(n, null)).toMillis()))
                .containsExactly(500L, 1000L, 2000L, 4000L, 8000L, 8000L, 8000L);
    }

    @Test
    void jitterTakesAQuarterAtMost() {
        RetryRule jittered = new RetryRule(10, ClientRig.CLOCK, () -> 1);

        assertThat(jittered.waitBefore(1, null)).isEqualTo(Duration.ofMillis(750));
    }

    @Test
    void thereIsNoWaitAfterTheLastRetryOrForLongerThanAMinute() {
        assertThat(rule.waitBefore(9, null)).isNotNull();
        assertThat(rule.waitBefore(10, null)).isNull();
        assertThat(rule.waitBefore(0, Duration.ofSeconds(60))).isEqualTo(Duration.ofSeconds(60));
        assertThat(rule.waitBefore(0, Duration.ofMillis(60_001))).isNull();
    }

    @ParameterizedTest
    @CsvSource({
        "retry-after, 3, 3000",
        "retry-after, 0.25, 250",
        "retry-after, 7., 7000",
        "'retry-after', 'Thu, 01 Jan 2026 00:00:12 GMT', 12000",
        "retry-after-ms, 1.5, 1",
        "retry-after, 999999999999999, 9223372036854",
    })
    void theUpstreamMaySayHowLong(String name, String value, long millis) {
        assertThat(requireNonNull(rule.askedWait(head(429, name, value))).toMillis())
                .isEqualTo(millis);
    }

    @Test
    void millisecondsWinOverSeconds() {
        assertThat(rule.askedWait(head(429, "retry-after", "9", "retry-after-ms", "5")))
                .isEqualTo(Duration.ofMillis(5));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0",
                "-1",
                "soon",
                "NaN",
                "0x1p3",
                "1e3",
                "1d",
                "",
                "1234567890123456",
                "Thu, 01 Jan 2026 00:00:00 GMT",
                "Wed, 31 Dec 2025 23:59:59 GMT",
                "Fri, 99 Foo 2026",
            })
    void whatIsNoTimeToComeIsIgnored(String value) {
        assertThat(rule.askedWait(head(429, "retry-after", value))).isNull();
    }

    @ParameterizedTest
    @CsvSource({
        "408, true",
        "409, true",
        "429, true",
        "500, true",
        "503, true",
        "529, true",
        "400, false",
        "413, false",
        "302, false"
    })
    void theStatusDecides(int status, boolean retry) {
        assertThat(RetryRule.invitesRetry(head(status))).isEqualTo(retry);
    }

    @Test
    void theUpstreamsAdviceWinsOverTheStatus() {
        assertThat(RetryRule.invitesRetry(head(400, "x-should-retry", "true"))).isTrue();
        assertThat(RetryRule.invitesRetry(head(529, "x-should-retry", "false"))).isFalse();
        assertThat(RetryRule.invitesRetry(head(529, "x-should-retry", "perhaps")))
                .isTrue();
    }

    private static ResponseHead head(int status, String... fields) {
        return new ResponseHead(status, 1, List.of(fields));
    }
}
