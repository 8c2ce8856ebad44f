package dev.agentws.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

final class ContactTest {
    private final ClusterSettings settings = ClusterSettings.of(Duration.ofSeconds(3), 1);
    private long now = 5;
    private final Contact contact = new Contact(settings, () -> now);

    private void pass(Duration time) {
        now += time.toNanos();
    }

    @Test
    void aNodeIsCutOffOneLeaseAfterItAskedForWhatTheStoreLastDid() {
        assertThat(contact.cutOff()).isFalse();
        long asked = contact.now();
        pass(Duration.ofSeconds(1));
        contact.heard(asked);
        pass(Duration.ofMillis(1_999));
        assertThat(contact.cutOff()).isFalse();
        pass(Duration.ofMillis(1));
        assertThat(contact.cutOff()).isTrue();
        contact.heard(contact.now());
        assertThat(contact.cutOff()).isFalse();
    }

    @Test
    void anOwnerThatReachesTheStoreHalfASecondAfterUsMayStillSpeak() {
        Duration renewal = Duration.ofSeconds(1);
        contact.answered();
        pass(renewal.plusMillis(500));
        assertThat(contact.calm()).isFalse();
        pass(Duration.ofMillis(200));
        assertThat(contact.calm()).isTrue();
    }

    @Test
    void ownersMaySpeakAgainAfterTheStoreWasAwayBeforeAnythingIsTakenUp() {
        contact.answered();
        assertThat(contact.calm()).isFalse();
        pass(settings.calm());
        contact.answered();
        assertThat(contact.calm()).isTrue();
        contact.missed();
        assertThat(contact.calm()).isFalse();
        contact.answered();
        pass(settings.calm().minusNanos(1));
        assertThat(contact.calm()).isFalse();
        pass(Duration.ofNanos(1));
        assertThat(contact.calm()).isTrue();
    }
}
