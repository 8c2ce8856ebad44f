package dev.agentws.simulator.api;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ModelInfoTest {
    @ParameterizedTest
    @CsvSource({
        "claude-opus-5-5,opus,55,512,128000",
        "claude-opus-5,opus,50,512,128000",
        "claude-opus-4-8,opus,48,1024,128000",
        "claude-opus-4-7,opus,47,2048,128000",
        "claude-opus-4-5-20251101,opus,45,4096,64000",
        "claude-sonnet-4-6,sonnet,46,1024,128000",
        "claude-sonnet-4-20250514,sonnet,40,1024,64000",
        "claude-haiku-4-5-20251001,haiku,45,4096,64000",
        "claude-haiku-5-5,haiku,55,512,128000",
        "claude-fable-5-2,fable,52,512,128000",
        "claude-3-5-sonnet-20241022,sonnet,35,1024,8192",
        "claude-test,unknown,55,512,128000",
    })
    void theIdTellsFamilyVersionAndLimits(String id, String family, int version, int cacheMinimum, int maxOutput) {
        ModelInfo model = ModelInfo.of(id);

        assertThat(model.family()).isEqualTo(family);
        assertThat(model.version()).isEqualTo(version);
        assertThat(model.cacheMinimum()).isEqualTo(cacheMinimum);
        assertThat(model.maxOutput()).isEqualTo(maxOutput);
    }
}
