package dev.agentws;

import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.io.IOException;
import java.nio.file.Path;
import javax.net.ssl.SSLException;

/**
 * The server's identity, as PEM files. They are read once, at the start. Immutable.
 *
 * @param certificate the certificate, with those that lead from it to one that clients trust
 * @param key its private key (PKCS #8), without a password
 */
public record TlsFiles(Path certificate, Path key) {
    private static final String[] PROTOCOLS = {"TLSv1.3", "TLSv1.2"};

    /** Reads both files. Blocks. */
    SslContext context() throws StartException {
        try {
            return SslContextBuilder.forServer(certificate.toFile(), key.toFile())
                    .sslProvider(OpenSsl.isAvailable() ? SslProvider.OPENSSL : SslProvider.JDK)
                    .protocols(PROTOCOLS)
                    .build();
        } catch (IllegalArgumentException | SSLException e) {
            throw new StartException(
                    "tls: " + certificate + " and " + key
                            + " (expected: a PEM certificate chain and its private key, PKCS #8 without a password; "
                            + innermost(e) + ")",
                    e);
        }
    }

    private static String innermost(Exception fault) {
        Throwable cause = fault;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        String text = cause.getMessage() == null ? cause.toString() : cause.getMessage();
        return cause instanceof IOException || cause instanceof IllegalArgumentException ? text : cause.toString();
    }
}
