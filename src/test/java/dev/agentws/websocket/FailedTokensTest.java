package dev.agentws.websocket;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

final class FailedTokensTest {
    private final ManualClock clock = new ManualClock();
    private final FailedTokens failed = new FailedTokens(new WebSocketConfig.Rate(2, Duration.ofMinutes(1)), clock);

    @Test
    void eachAddressHasItsOwnCountWhateverThePort() throws UnknownHostException {
        failed.failed(address("10.0.0.1", 1));
        failed.failed(address("10.0.0.1", 2));

        assertThat(failed.allows(address("10.0.0.1", 3))).isFalse();
        assertThat(failed.allows(address("10.0.0.2", 3))).isTrue();
    }

    @Test
    void aNetworkOfIpv6IsOneAddress() throws UnknownHostException {
        failed.failed(address("2001:db8:0:1::1", 1));
        failed.failed(address("2001:db8:0:1:ffff::2", 1));

        assertThat(failed.allows(address("2001:db8:0:1::3", 1))).isFalse();
        assertThat(failed.allows(address("2001:db8:0:2::3", 1))).isTrue();
    }

    @Test
    void itIsForgivenAfterThePeriod() throws UnknownHostException {
        failed.failed(address("10.0.0.1", 1));
        failed.failed(address("10.0.0.1", 1));
        clock.advance(Duration.ofSeconds(59));
        assertThat(failed.allows(address("10.0.0.1", 1))).isFalse();

        clock.advance(Duration.ofSeconds(1));
        assertThat(failed.allows(address("10.0.0.1", 1))).isTrue();
    }

    @Test
    void onlyAFewTokensOfLockedAddressesAreLookedAtAtOnce() {
        for (int i = 0; i < FailedTokens.LOOKS_AT_ONCE; i++) {
            assertThat(failed.tryLook()).isTrue();
        }
        assertThat(failed.tryLook()).isFalse();

        failed.looked();
        assertThat(failed.tryLook()).isTrue();
        assertThat(failed.tryLook()).isFalse();
    }

    @Test
    void aConnectionThatBrokeIsCountedToo() {
        failed.failed(null);
        failed.failed(null);

        assertThat(failed.allows(null)).isFalse();
    }

    @Test
    void whatIsRememberedIsBounded() throws UnknownHostException {
        for (int i = 0; i < FailedTokens.MAX_ADDRESSES + 500; i++) {
            failed.failed(address("10." + (i >> 16) + "." + ((i >> 8) & 255) + "." + (i & 255), 1));
        }
        assertThat(failed.size()).isEqualTo(FailedTokens.MAX_ADDRESSES);

        clock.advance(Duration.ofMinutes(2));
        failed.failed(address("10.9.9.9", 1));
        assertThat(failed.size()).isLessThan(FailedTokens.MAX_ADDRESSES);
    }

    @Test
    void aDigestMatchesItsKeyOnly() {
        TokenDigest digest = TokenDigest.of("sesame");

        assertThat(digest.matches("sesame")).isTrue();
        assertThat(digest.matches("sesamE")).isFalse();
        assertThat(digest.matches("")).isFalse();
    }

    private static InetSocketAddress address(String literal, int port) throws UnknownHostException {
        return new InetSocketAddress(InetAddress.getByName(literal), port);
    }
}
