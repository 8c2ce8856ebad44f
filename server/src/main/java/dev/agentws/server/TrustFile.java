package dev.agentws.server;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads the certificates of those who may vouch for the API. Stateless. */
final class TrustFile {
    private TrustFile() {}

    /** Blocks. Nothing without a file; never nothing with one, because that would mean trust in everybody the runtime knows. */
    static List<X509Certificate> read(@Nullable Path file) throws StartFailure {
        if (file == null) {
            return List.of();
        }
        List<X509Certificate> found = new ArrayList<>();
        try {
            CertificateFactory.getInstance("X.509")
                    .generateCertificates(new ByteArrayInputStream(Files.readAllBytes(file)))
                    .forEach(each -> found.add((X509Certificate) each));
        } catch (IOException | CertificateException e) {
            throw unreadable(file);
        }
        if (found.isEmpty()) {
            throw unreadable(file);
        }
        return found;
    }

    private static StartFailure unreadable(Path file) {
        return new StartFailure(
                SettingsTable.UPSTREAM_CA.name() + ": " + file + " (expected: a file of PEM certificates)");
    }
}
