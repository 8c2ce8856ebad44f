package dev.agentws.simulator.rules;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentws.simulator.api.ApiError;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import org.junit.jupiter.api.Test;

final class HeaderRulesTest {
    private final HttpHeaders headers =
            new DefaultHttpHeaders().set("x-api-key", "k").set("anthropic-version", "2026-10-21");

    @Test
    void aMissingKeyIsUnauthenticated() {
        ApiError expected = new ApiError(401, "authentication_error", "x-api-key header is required");

        assertThat(HeaderRules.check(headers.remove("x-api-key"))).isEqualTo(expected);
        assertThat(HeaderRules.check(headers.set("authorization", "Bearer "))).isEqualTo(expected);
        assertThat(HeaderRules.check(headers.set("authorization", "Basic abc"))).isEqualTo(expected);
        assertThat(HeaderRules.check(headers.set("authorization", "Bearer abc")))
                .isNull();
    }

    @Test
    void theVersionMustBeThereAndKnown() {
        assertThat(HeaderRules.check(headers.set("anthropic-version", "2023-06-01")))
                .isNull();
        assertThat(HeaderRules.check(headers.set("anthropic-version", "2024-01-01")))
                .isEqualTo(ApiError.invalid("anthropic-version: \"2024-01-01\" is not a valid version"));
        assertThat(HeaderRules.check(headers.remove("anthropic-version")))
                .isEqualTo(ApiError.invalid("anthropic-version: header is required"));
    }

    @Test
    void betasMayComeAsListAndRepeatedAndMustBeKnown() {
        headers.add("anthropic-beta", "compact-2026-01-12,oauth-2025-04-20").add("anthropic-beta", "effort-2025-11-24");
        assertThat(HeaderRules.betas(headers))
                .containsExactly("compact-2026-01-12", "oauth-2025-04-20", "effort-2025-11-24");
        assertThat(HeaderRules.check(headers)).isNull();

        assertThat(HeaderRules.check(headers.add("anthropic-beta", "foo-2020-01-01")))
                .isEqualTo(ApiError.invalid("Unexpected value(s) `foo-2020-01-01` for the `anthropic-beta` header."
                        + " Please consult our documentation at docs.anthropic.com or try again without the header."));
    }
}
