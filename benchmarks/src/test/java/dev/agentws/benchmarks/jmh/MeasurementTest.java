package dev.agentws.benchmarks.jmh;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class MeasurementTest {
    private static Measurement measured(String step, String by, double allocated) {
        return new Measurement(step, by, "200", "ascii", 1, 1, allocated);
    }

    @Test
    void aStepOfOursThatAllocatesForEachDeltaIsWasteful() {
        assertThat(measured("transcode", "ours", 16).wasteful(1)).isTrue();
        assertThat(measured("transcode", "ours", 0.01).wasteful(1)).isFalse();
    }

    @Test
    void theFallbackPromptsAndOthersMayAllocate() {
        assertThat(measured("read", "oursFallback", 500).wasteful(1)).isFalse();
        assertThat(measured("decode", "ours", 500).wasteful(1)).isFalse();
        assertThat(measured("read", "jacksonStreaming", 500).wasteful(1)).isFalse();
    }
}
