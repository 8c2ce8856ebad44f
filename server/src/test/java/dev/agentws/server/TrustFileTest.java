package dev.agentws.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class TrustFileTest {
    @Test
    void allCertificatesOfTheFileAreTrusted(@TempDir Path directory) throws Exception {
        X509Bundle one = certificate("one");
        X509Bundle two = certificate("two");
        Path file = Files.writeString(
                directory.resolve("ca.pem"), "# ours\n" + one.getCertificatePEM() + two.getCertificatePEM());

        assertThat(TrustFile.read(file)).containsExactly(one.getCertificate(), two.getCertificate());
        assertThat(TrustFile.read(null)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "no certificate", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"})
    void aFileWithoutCertificatesIsRefused(String text, @TempDir Path directory) throws Exception {
        Path file = Files.writeString(directory.resolve("ca.pem"), text);

        assertThatThrownBy(() -> TrustFile.read(file))
                .isInstanceOf(StartFailure.class)
                .hasMessage("AGENT_SERVER_UPSTREAM_CA: " + file + " (expected: a file of PEM certificates)");
    }

    @Test
    void aFileThatIsNotThereIsRefused(@TempDir Path directory) {
        assertThatThrownBy(() -> TrustFile.read(directory.resolve("none"))).isInstanceOf(StartFailure.class);
    }

    private static X509Bundle certificate(String name) throws Exception {
        return new CertificateBuilder()
                .subject("CN=" + name)
                .setIsCertificateAuthority(true)
                .buildSelfSigned();
    }
}
