package dev.agentws.anthropic;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentws.agent.model.ModelFailure.Kind;
import dev.agentws.anthropic.http.Endpoint;
import dev.agentws.anthropic.http.Reason;
import dev.agentws.anthropic.http.ResponseHead;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateException;
import java.util.List;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FailuresTest {
    @ParameterizedTest
    @CsvSource({
        "400, invalid_request_error, bad, INVALID_REQUEST, false",
        "400, invalid_request_error, Prompt is too long: 9 tokens > 8 maximum, CONTEXT_OVERFLOW, false",
        "400, exceed_context_size_error, no, CONTEXT_OVERFLOW, false",
        "401, authentication_error, no, AUTHENTICATION, false",
        "402, billing_error, pay, BILLING, false",
        "403, permission_error, no, PERMISSION, false",
        "404, not_found_error, 'model: x', NOT_FOUND, false",
        "408, timeout_error, slow, TIMEOUT, true",
        "409, conflict_error, busy, SERVER, true",
        "413, request_too_large, big, TOO_LARGE, false",
        "422, x, no, INVALID_REQUEST, false",
        "429, rate_limit_error, slow down, RATE_LIMITED, true",
        "500, api_error, oops, SERVER, true",
        "503, overloaded_error, full, OVERLOADED, true",
        "504, timeout_error, slow, TIMEOUT, true",
        "529, overloaded_error, full, OVERLOADED, true",
        "302, x, elsewhere, NOT_FOUND, false",
        "204, x, nothing, PROTOCOL, false",
    })
    void aStatusHasItsKind(int status, String type, String message, Kind kind, boolean retry) {
        Fault fault = Failures.ofAnswer(head(status), new ErrorBody(type, message, null, "req_b"), null);

        assertThat(fault.failure().kind()).isEqualTo(kind);
        assertThat(fault.retryable()).isEqualTo(retry);
        assertThat(fault.failure().requestId()).isEqualTo("req_b");
        assertThat(fault.failure().message())
                .isEqualTo("the upstream answered " + status + " " + type + ": " + message);
    }

    @Test
    void aSpendLimitIsNotTriedAgainUnlessTheUpstreamSaysSo() {
        ErrorBody body = new ErrorBody("rate_limit_error", "limit", "enforced_spend_limit_reached", null);
        ResponseHead invited = new ResponseHead(429, 1, List.of("x-should-retry", "true"));

        assertThat(Failures.ofAnswer(head(429), body, null).failure().kind()).isEqualTo(Kind.BILLING);
        assertThat(Failures.ofAnswer(head(429), body, null).retryable()).isFalse();
        assertThat(Failures.ofAnswer(invited, body, null).retryable()).isTrue();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"error\":{\"type\":\"t\",\"message\":\"m\",\"details\":{\"error_code\":\"c\"}},\"request_id\":\"r\"} | t | m | c | r",
                "{\"error\":{\"type\":\"t\",\"message\":\"m\",\"details\":null}} | t | m | |",
                "{\"error\":\"model not found\"} | | model not found | |",
                "{\"message\":\"m\"} | | m | |",
                "{\"detail\":\"d\"} | | d | |",
                "{\"error\":{\"type\":7,\"message\":[]}} | | '' | |",
                "{} | | '' | |",
                "[1] | | [1] | |",
                "{\"error\": | | {\"error\": | |",
                "'<!DOCTYPE html><style>p{}</style><title>502 Bad</title><p onclick=\"x\">Sorry&amp;<!-- secret --> <b' | | 502 Bad Sorry&amp; | |",
                "'' | | '' | |",
            })
    void aBodyIsUnderstoodWhoeverWroteIt(String body, String type, String message, String code, String requestId) {
        assertThat(ErrorBody.of(body.getBytes(StandardCharsets.UTF_8)))
                .isEqualTo(new ErrorBody(type, message, code, requestId));
    }

    @Test
    void aBodyThatIsNoTextIsTamed() {
        ErrorBody body = ErrorBody.of(new byte[] {(byte) 0xFF, 0, 27, '[', 'x', '\r', '\n'});

        assertThat(body.message()).isEqualTo("\uFFFD??[x");
    }

    @Test
    void longTextsAreCutBetweenCharacters() {
        assertThat(ErrorBody.of(("x".repeat(199) + "\uD83D\uDE00").getBytes(StandardCharsets.UTF_8))
                        .message())
                .isEqualTo("x".repeat(199) + "...");
    }

    @Test
    void aManyTaggedBodyIsReadInTime() {
        byte[] body = "<script".repeat(9000).getBytes(StandardCharsets.UTF_8);

        assertThat(ErrorBody.of(body).message()).isEmpty();
    }

    @Test
    void theInnermostReasonIsTold() {
        Exception cause = new SSLHandshakeException("outer");
        cause.initCause(new CertificateException("No name matching a found", new IOException()));
        Fault fault = Failures.unreachable(new Endpoint(true, "a", 443, "/", "a"), cause);

        assertThat(fault.failure().message()).isEqualTo("no connection to a:443: No name matching a found");
        assertThat(fault.retryable()).isFalse();
        assertThat(Reason.of(new IOException())).isEqualTo("IOException");
    }

    private static ResponseHead head(int status) {
        return new ResponseHead(status, 1, List.of());
    }
}
