package dev.agentws.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

final class WireNamesTest {
    @Test
    void theErrorCodesAreThoseOfTheContract() {
        assertThat(Arrays.stream(ErrorCode.values()).map(ErrorCode::wireName))
                .containsExactly(
                        "auth_required",
                        "invalid_token",
                        "auth_timeout",
                        "invalid_json",
                        "invalid_message",
                        "unknown_type",
                        "session_not_found",
                        "session_exists",
                        "max_sessions",
                        "invalid_options",
                        "working_directory",
                        "session_busy",
                        "permission_not_found",
                        "upstream_error",
                        "compaction_failed",
                        "overloaded",
                        "rate_limited",
                        "internal");
    }

    @Test
    void aCloseReasonFitsIntoACloseFrame() {
        for (CloseReason reason : CloseReason.values()) {
            assertThat(reason.text().getBytes(StandardCharsets.UTF_8)).hasSizeLessThanOrEqualTo(123);
        }
        assertThat(CloseReason.AUTHENTICATION_REQUIRED.text()).isEqualTo("Authentication required");
    }

    @Test
    void anErrorFrameHasItsFieldsInTheOrderOfTheContract() {
        ErrorFrame error =
                new ErrorFrame(ErrorCode.SESSION_NOT_FOUND, "Session \"S\" not found", "S", "send_prompt", false, null);

        assertThat(json(error))
                .isEqualTo(
                        "{\"type\":\"error\",\"message\":\"Session \\\"S\\\" not found\",\"session_id\":\"S\",\"details\":null,"
                                + "\"code\":\"session_not_found\",\"request_type\":\"send_prompt\",\"retryable\":false}");
    }

    @Test
    void anErrorFrameTellsTheWaitOnlyIfThereIsOne() {
        assertThat(json(new ErrorFrame(ErrorCode.RATE_LIMITED, "m", null, null, true, 5000L)))
                .isEqualTo(
                        "{\"type\":\"error\",\"message\":\"m\",\"session_id\":null,\"details\":null,\"code\":\"rate_limited\","
                                + "\"request_type\":null,\"retryable\":true,\"retry_after_ms\":5000}");
    }

    private static String json(ErrorFrame error) {
        ByteBuf frame = error.encode(UnpooledByteBufAllocator.DEFAULT);
        try {
            return frame.toString(StandardCharsets.UTF_8);
        } finally {
            frame.release();
        }
    }
}
