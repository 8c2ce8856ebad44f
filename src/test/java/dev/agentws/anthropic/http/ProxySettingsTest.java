package dev.agentws.anthropic.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ProxySettingsTest {
    @ParameterizedTest
    @CsvSource({"0, u, p", "65536, u, p", "80, u, ", "80, , p", "80, u:v, p"})
    void proxySettingsThatMakeNoSenseAreRefused(int port, @Nullable String user, @Nullable String password) {
        assertThatThrownBy(() -> new ProxySettings("p", port, user, password, List.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("proxy.");
    }

    @Test
    void theListOfHostsWithoutProxyKnowsNamesSuffixesAndAll() {
        ProxySettings some = new ProxySettings("p", 1, null, null, List.of("Exact.example", " .corp.example ", ""));
        assertThat(some.covers("exact.example")).isFalse();
        assertThat(some.covers("sub.exact.example")).isTrue();
        assertThat(some.covers("A.corp.example")).isFalse();
        assertThat(some.covers("corp.example")).isTrue();
        assertThat(some.covers("xcorp.example")).isTrue();
        assertThat(new ProxySettings("p", 1, null, null, List.of("*")).covers("any"))
                .isFalse();
    }
}
