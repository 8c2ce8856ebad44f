package dev.agentws.anthropic;

import dev.agentws.anthropic.http.ResponseHead;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.function.DoubleSupplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Which failures are tried again, and when: as the official clients do it. Thread-safe. */
final class RetryRule {
    /** A person waits for the turn: a longer pause is theirs to decide on. */
    static final Duration LONGEST_WAIT = Duration.ofMinutes(1);

    private static final double FIRST_SECONDS = 0.5;
    private static final double LAST_SECONDS = 8;
    private static final double JITTER = 0.25;
    /** Java reads more as a number than the header may hold, such as {@code NaN} and {@code 0x1p3}. */
    private static final Pattern NUMBER = Pattern.compile("[0-9]{1,15}(\\.[0-9]{0,9})?");

    private final int maxRetries;
    private final Clock clock;
    private final DoubleSupplier random;

    RetryRule(int maxRetries, Clock clock, DoubleSupplier random) {
        this.maxRetries = maxRetries;
        this.clock = clock;
        this.random = random;
    }

    /** Whether an answer with this head says that the same request may be sent again. */
    static boolean invitesRetry(ResponseHead head) {
        String advice = head.first("x-should-retry");
        if ("true".equalsIgnoreCase(advice)) {
            return true;
        }
        if ("false".equalsIgnoreCase(advice)) {
            return false;
        }
        int status = head.status();
        return status == 408 || status == 409 || status == 429 || status >= 500;
    }

    /** How long the upstream asks to wait, or null when it gives no usable time. */
    @Nullable
    Duration askedWait(ResponseHead head) {
        Duration millis = times(head.first("retry-after-ms"), 1e6);
        if (millis != null) {
            return millis;
        }
        String after = head.first("retry-after");
        Duration seconds = times(after, 1e9);
        return seconds != null || after == null ? seconds : until(after);
    }

    /**
     * The wait before the next attempt.
     *
     * @param retries how many there have been
     * @param asked what the upstream asked for, or null
     * @return null if there is to be no further attempt
     */
    @Nullable
    Duration waitBefore(int retries, @Nullable Duration asked) {
        if (retries >= maxRetries || (asked != null && asked.compareTo(LONGEST_WAIT) > 0)) {
            return null;
        }
        if (asked != null) {
            return asked;
        }
        double seconds = Math.min(FIRST_SECONDS * Math.pow(2, retries), LAST_SECONDS);
        return Duration.ofNanos((long) (seconds * (1 - JITTER * random.getAsDouble()) * 1e9));
    }

    private static @Nullable Duration times(@Nullable String number, double nanos) {
        if (number == null || !NUMBER.matcher(number).matches()) {
            return null;
        }
        return positive(Duration.ofNanos((long) (Double.parseDouble(number) * nanos)));
    }

    private @Nullable Duration until(String date) {
        try {
            Instant then = Instant.from(DateTimeFormatter.RFC_1123_DATE_TIME.parse(date));
            return positive(Duration.between(clock.instant(), then));
        } catch (DateTimeException e) {
            return null;
        }
    }

    private static @Nullable Duration positive(Duration wait) {
        return wait.isZero() || wait.isNegative() ? null : wait;
    }
}
