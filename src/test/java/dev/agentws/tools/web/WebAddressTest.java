package dev.agentws.tools.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.agentws.tools.call.ToolFailure;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WebAddressTest {
    private static final Set<Integer> PORTS = Set.of(80, 443);

    @ParameterizedTest
    @ValueSource(
            strings = {
                // Numbers that some reader takes for an IPv4 address.
                "http://2130706433/",
                "http://0x7f000001/",
                "http://0x7f.0.0.1/",
                "http://0177.0.0.1/",
                "http://127.1/",
                "http://127.0.1/",
                "http://017700000001/",
                "http://0x7f.1/",
                "http://1.2.3.4.5/",
                "http://256.1",
                "http://00127.0.0.1/",
                "http://127.0.0.0x1/",
                "http://a.0x/",
                "http://x.123/",
                "http://0/",
                "http://127.0.0.01./",
                // Names of this machine and its network.
                "http://localhost/",
                "http://LOCALHOST/",
                "http://localhost./",
                "http://a.localhost/",
                "http://printer.local/",
                "http://metadata.google.internal/",
                "http://metadata/",
                "http://router.lan/",
                "http://1.0.0.127.in-addr.arpa/",
                "http://x.onion/",
                "http://wiki.corp/",
                // Parts that readers take apart differently.
                "http://user@example.com/",
                "http://user:pass@example.com/",
                "http://example.com@127.0.0.1/",
                "http://example.com\\@127.0.0.1/",
                "http://example.com%2f@x/",
                "http://exa mple.com/",
                "http://[::1%25eth0]/",
                "http://[fe80::1%eth0]/",
                "http://[::1/",
                "http://ex%61mple.com/",
                "http://example..com/",
                "http://.example.com/",
                "http:///etc/passwd",
                "http://example.com\r\nhost: x/",
                "http://example.com/\r\nx",
                "//example.com/",
                "example.com",
                "",
                "http:example.com",
                "http://-/",
                // Other schemes and ports.
                "file:///etc/passwd",
                "ftp://example.com/",
                "gopher://example.com/",
                "data:text/html,x",
                "jar:http://x.y!/",
                "javascript:alert(1)",
                "ws://example.com/",
                "http://example.com:22/",
                "http://example.com:8080/",
                "https://example.com:6379/",
                "http://example.com:99999/",
                "http://example.com:-1/",
                "http://example.com:80x/",
                "http://example.com:0/"
            })
    void whatIsNoPlainPublicAddressIsRefused(String url) {
        assertThatThrownBy(() -> WebAddress.parse(url, PORTS))
                .isInstanceOf(ToolFailure.class)
                .hasMessageStartingWith("url: ");
    }

    @ParameterizedTest
    @CsvSource({
        "http://example.com, https://example.com/",
        "HTTP://Example.COM:80/a?b=c#d, https://example.com/a?b=c",
        "https://example.com:443/%41, https://example.com/%41",
        "https://example.com:/, https://example.com/",
        "https://example.com./x, https://example.com/x",
        "https://example.com#@evil.org/, https://example.com/",
        "https://bücher.example/ü, https://xn--bcher-kva.example/%C3%BC",
        "https://8.8.8.8/, https://8.8.8.8/",
        "https://[2606:4700::1111]:443/, https://[2606:4700::1111]/",
        "http://127.0.0.1/, https://127.0.0.1/",
        "http://１２７.0.0.1/, https://127.0.0.1/"
    })
    void anAddressIsReadAsTheRequestWillSayIt(String url, String shown) throws ToolFailure {
        assertThat(WebAddress.parse(url, PORTS).text()).isEqualTo(shown);
    }
}
