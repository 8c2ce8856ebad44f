package dev.agentws.journal;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** How much may wait to be written. */
final class PendingBytesTest {
    @Test
    void whatIsFarTooMuchBesideOthersIsRefused() {
        PendingBytes pending = new PendingBytes(100);
        assertThat(pending.add(1)).isTrue();
        assertThat(pending.add(400)).isFalse();
        assertThat(pending.pendingBytes()).isEqualTo(1);
    }

    @Test
    void oneBatchOfAnySizeIsTakenWhenNothingWaits() {
        PendingBytes pending = new PendingBytes(100);
        assertThat(pending.add(10_000)).isTrue();
        assertThat(pending.writable()).isFalse();
        pending.remove(10_000);
        assertThat(pending.writable()).isTrue();
    }
}
