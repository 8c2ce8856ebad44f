package dev.agentws;

import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The server's identity, as PEM files. They are read once, at the start. Immutable.
 *
 * @param certificate the certificate, with those that lead from it to one that clients trust
 * @param key its private key (PKCS #8), without a password
 */
public record TlsFiles(Path certificate, Path key) {
    private static final String[] PROTOCOLS = {"TLSv1.3", "TLSv1.2"};
    private static final Pattern PKCS8 =
            Pattern.compile("-----BEGIN PRIVATE KEY-----([A-Za-z0-9+/=\\s]+)-----END PRIVATE KEY-----");

    /** Reads both files. Blocks. */
    SslContext context() throws StartException {
        try {
            X509Certificate[] chain = chain();
            PrivateKey own = key(chain[0].getPublicKey().getAlgorithm());
            requireMatch(own, chain[0].getPublicKey());
            return SslContextBuilder.forServer(own, chain)
                    .sslProvider(OpenSsl.isAvailable() ? SslProvider.OPENSSL : SslProvider.JDK)
                    .protocols(PROTOCOLS)
                    .build();
        } catch (IllegalArgumentException | GeneralSecurityException | IOException e) {
            throw new StartException(
                    "tls: " + certificate + " and " + key + " (expected: a PEM certificate chain and its private key; "
                            + (e.getMessage() == null ? e : e.getMessage()) + ")",
                    e);
        }
    }

    private X509Certificate[] chain() throws IOException, CertificateException {
        try {
            X509Certificate[] chain = CertificateFactory.getInstance("X.509")
                    .generateCertificates(new ByteArrayInputStream(Files.readAllBytes(certificate)))
                    .toArray(X509Certificate[]::new);
            if (chain.length > 0) {
                return chain;
            }
        } catch (CertificateException e) {
            throw new CertificateException("there is no readable certificate in the first", e);
        }
        throw new CertificateException("there is no certificate in the first");
    }

    /** Of the algorithm of the certificate, because the file does not say it in words. */
    private PrivateKey key(String algorithm) throws IOException, GeneralSecurityException {
        Matcher found = PKCS8.matcher(Files.readString(key, StandardCharsets.ISO_8859_1));
        if (!found.find()) {
            throw new KeyException("there is no PKCS #8 key without a password in the second; this makes one of others:"
                    + " openssl pkcs8 -topk8 -nocrypt -in OLD -out NEW");
        }
        try {
            byte[] encoded = Base64.getMimeDecoder().decode(found.group(1));
            return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(encoded));
        } catch (GeneralSecurityException e) {
            throw new KeyException("the second is no key for a certificate with " + algorithm, e);
        }
    }

    /** Otherwise each client would find out for itself. */
    private static void requireMatch(PrivateKey own, PublicKey certified) throws GeneralSecurityException {
        String algorithm =
                switch (certified.getAlgorithm()) {
                    case "EC" -> "SHA256withECDSA";
                    case "RSA" -> "SHA256withRSA";
                    default -> certified.getAlgorithm();
                };
        byte[] challenge = {1, 2, 3};
        Signature signature = Signature.getInstance(algorithm);
        signature.initSign(own);
        signature.update(challenge);
        byte[] signed = signature.sign();
        signature.initVerify(certified);
        signature.update(challenge);
        if (!signature.verify(signed)) {
            throw new KeyException("the key is that of another certificate");
        }
    }
}
