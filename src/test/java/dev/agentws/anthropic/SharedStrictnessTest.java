package dev.agentws.anthropic;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.agentws.anthropic.SharedUpstream.Request;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What an upstream may say over HTTP/2, and what it may not. */
final class SharedStrictnessTest {
    private final SharedUpstream upstream = new SharedUpstream();
    private final ClientRig rig = new ClientRig(ClientRig.config(upstream.url()).withHttp2(true));
    private final CallRecorder told = new CallRecorder();

    @AfterEach
    void everythingIsGivenBack() {
        rig.close();
        upstream.close();
        assertThat(rig.openReaders).hasValue(0);
    }

    @Test
    void headsBeforeTheHeadAndTrailersAreReadOver() {
        rig.call(told);
        Request request = upstream.request();
        request.head("103", "link", "x").head("100").stream()
                .data("block\nfail SERVER\n")
                .trailers("grpc-status", "0");
        told.expect("block", "failure SERVER");
    }

    @ParameterizedTest
    @CsvSource({
        "101, x-a, b, unexpected status 101",
        "20x, x-a, b, no status of 100 to 599",
        "700, x-a, b, no status of 100 to 599",
        "200, X-Upper, b, X-Upper",
        "200, connection, close, connection",
    })
    void aHeadThatBreaksTheRulesFailsItsCallOnly(String status, String name, String value, String why) {
        CallRecorder other = new CallRecorder();
        rig.call(other);
        Request second = upstream.request().stream().data("block\n");
        other.expect("block");
        rig.call(told);
        upstream.request().head(status, name, value);
        told.expect("failure PROTOCOL");
        assertThat(requireNonNull(told.failure).message())
                .contains("malformed response")
                .contains(why);
        assertThat(upstream.reset().stream()).isNotEqualTo(second.id());
        second.data("done\n", true);
        assertThat(other.next()).as("%s", other.failure).isEqualTo("complete");
    }

    @Test
    void aHeadThatIsTooLongFailsTheCall() {
        rig.call(told);
        upstream.request().head("200", "x-long", "y".repeat(17 * 1024));
        told.expect("failure PROTOCOL");
    }

    @Test
    void tooManyHeadersFailTheCall() {
        rig.call(told);
        String[] fields = new String[202];
        for (int i = 0; i < fields.length; i += 2) {
            fields[i] = "x-" + i;
            fields[i + 1] = "";
        }
        upstream.request().head("200", fields);
        told.expect("failure PROTOCOL");
        assertThat(requireNonNull(told.failure).message()).contains("more than 100 headers");
    }

    /** A DATA frame on a stream that nobody ever opened. */
    @Test
    void aConnectionThatBreaksTheRulesFailsAllItsCalls() {
        rig.call(told);
        upstream.request().stream().data("block\n").bytes("00000100000000006361");
        told.expect("block", "failure PROTOCOL");
    }

    @Test
    void aServerThatSpeaksOnlyHttp1WithoutTlsIsToldApart() {
        try (ScriptedUpstream old = new ScriptedUpstream();
                ClientRig own = new ClientRig(ClientRig.config(old.url(), Duration.ofSeconds(10), 0, null)
                        .withHttp2(true))) {
            own.call(told);
            old.accept().send("HTTP/1.1 400 Bad Request\r\nconnection: close\r\n\r\n");
            told.expect("failure CONNECTION");
            assertThat(requireNonNull(told.failure).message()).contains("no connection to 127.0.0.1");
        }
    }

    @Test
    void aListenerThatFailsHarmsNoOtherStream() {
        CallRecorder other = new CallRecorder();
        rig.call(other);
        Request second = upstream.request().stream().data("block\n");
        other.expect("block");
        CallRecorder failing = new CallRecorder(word -> {
            if (word.startsWith("failure")) {
                throw new IllegalStateException("on purpose");
            }
        });
        rig.call(failing);
        upstream.request().head("101");
        failing.expect("failure PROTOCOL");
        second.data("done\n", true);
        other.expect("complete");
    }
}
