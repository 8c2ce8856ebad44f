package dev.agentws.conversation;

import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolConfig.Protocol;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectedListenerFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectorFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.security.cert.X509Certificate;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How the server talks to the model. */
enum Way {
    HTTP_1(false, false),
    /** Known beforehand, without TLS. */
    HTTP_2(true, false),
    /** Agreed in the TLS handshake. */
    HTTP_2_TLS(true, true);

    final boolean http2;
    private final boolean tls;

    Way(boolean http2, boolean tls) {
        this.http2 = http2;
        this.tls = tls;
    }

    /** Made when it is first needed. */
    private static final class Model {
        static final X509Bundle CERTIFICATE = newCertificate();
    }

    private static X509Bundle newCertificate() {
        try {
            return new CertificateBuilder()
                    .subject("CN=the model")
                    .addSanIpAddress("127.0.0.1")
                    .setIsCertificateAuthority(true)
                    .buildSelfSigned();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    /** Whom the server trusts; nobody in particular without TLS. */
    List<X509Certificate> trusted() {
        return tls ? List.of(Model.CERTIFICATE.getCertificate()) : List.of();
    }

    /** Who the simulator is, or null without TLS. */
    @Nullable
    SslContext identity() {
        if (!tls) {
            return null;
        }
        try {
            return SslContextBuilder.forServer(Model.CERTIFICATE.toKeyManagerFactory())
                    .applicationProtocolConfig(new ApplicationProtocolConfig(
                            Protocol.ALPN,
                            SelectorFailureBehavior.NO_ADVERTISE,
                            SelectedListenerFailureBehavior.ACCEPT,
                            ApplicationProtocolNames.HTTP_2,
                            ApplicationProtocolNames.HTTP_1_1))
                    .build();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }
}
