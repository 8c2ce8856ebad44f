package dev.agentws.anthropic.request;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentws.anthropic.request.ModelProfile.Family;
import java.util.List;
import org.junit.jupiter.api.Test;

class ModelProfileTest {
    @Test
    void currentModelsThinkAdaptivelyInAWideWindow() {
        for (String id : List.of(
                "claude-opus-5-5",
                "claude-sonnet-5-5",
                "claude-haiku-5-5",
                "claude-fable-5-2",
                "claude-mythos-5",
                "claude-sonnet-5",
                "claude-opus-5",
                "claude-opus-4-8",
                "claude-opus-4-7",
                "claude-opus-4-6",
                "claude-opus-12-1")) {
            assertThat(ModelProfile.of(id))
                    .as(id)
                    .returns(true, ModelProfile::adaptiveThinking)
                    .returns(true, ModelProfile::effort)
                    .returns(128_000, ModelProfile::maxOutputTokens)
                    .returns(32_000, ModelProfile::defaultMaxTokens)
                    .returns(false, ModelProfile::longContextBeta);
        }
        assertThat(ModelProfile.of("claude-sonnet-4-6"))
                .returns(true, ModelProfile::adaptiveThinking)
                .returns(64_000, ModelProfile::maxOutputTokens);
    }

    @Test
    void olderModelsThinkOnlyWhenToldHow() {
        for (String id : List.of(
                "claude-sonnet-4-5-20250929",
                "claude-haiku-4-5",
                "claude-haiku-4-5-20251001",
                "claude-sonnet-4-20250514")) {
            assertThat(ModelProfile.of(id))
                    .as(id)
                    .returns(false, ModelProfile::adaptiveThinking)
                    .returns(false, ModelProfile::effort)
                    .returns(64_000, ModelProfile::maxOutputTokens);
        }
        assertThat(ModelProfile.of("claude-opus-4-5-20251101"))
                .returns(false, ModelProfile::adaptiveThinking)
                .returns(true, ModelProfile::effort);
        assertThat(ModelProfile.of("claude-opus-4-1-20250805")).returns(32_000, ModelProfile::maxOutputTokens);
    }

    @Test
    void veryOldModelsGiveLittle() {
        assertThat(ModelProfile.of("claude-3-5-sonnet-20241022"))
                .returns(Family.SONNET, ModelProfile::family)
                .returns(8_192, ModelProfile::defaultMaxTokens)
                .returns(false, ModelProfile::adaptiveThinking);
        assertThat(ModelProfile.of("claude-3-opus-20240229")).returns(4_096, ModelProfile::defaultMaxTokens);
        assertThat(ModelProfile.of("claude-3-7-sonnet-latest")).returns(64_000, ModelProfile::maxOutputTokens);
    }

    @Test
    void prefixesAndSpellingsOfProvidersAreUnderstood() {
        for (String id : List.of(
                "anthropic/claude-opus-4.6",
                "us.anthropic.claude-opus-4-6-20260101-v1:0",
                "claude-opus-4-6@20260101",
                "Claude-Opus-4-6")) {
            assertThat(ModelProfile.of(id))
                    .as(id)
                    .returns(Family.OPUS, ModelProfile::family)
                    .returns(true, ModelProfile::adaptiveThinking)
                    .returns(id, ModelProfile::id);
        }
    }

    @Test
    void theSuffixForAWideWindowIsTakenOff() {
        assertThat(ModelProfile.of("claude-sonnet-4-5[1m]"))
                .returns("claude-sonnet-4-5", ModelProfile::id)
                .returns(true, ModelProfile::longContextBeta);
        assertThat(ModelProfile.of("claude-opus-5-5[1M]"))
                .returns("claude-opus-5-5", ModelProfile::id)
                .returns(false, ModelProfile::longContextBeta);
    }

    @Test
    void anyOtherModelGetsThePlainestProfile() {
        for (String id : List.of(
                "glm-5",
                "deepseek-chat",
                "my-claude-opus-5-5",
                "claude-instant-1.2",
                "claude-opus",
                "claude-opus-latest",
                "")) {
            assertThat(ModelProfile.of(id))
                    .as(id)
                    .isEqualTo(new ModelProfile(id, Family.OTHER, 32_000, false, false, false, false, false));
        }
    }
}
