package dev.agentws.server;

import dev.agentws.TlsFiles;
import dev.agentws.simulator.Scripts;
import dev.agentws.simulator.Simulator;
import dev.agentws.simulator.SimulatorConfig;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolConfig.Protocol;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectedListenerFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectorFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** The simulator as a program of its own. */
final class SimulatorRunner implements SimulatorStarter {
    @Override
    public Running start(int port, @Nullable Duration pace, @Nullable TlsFiles identity)
            throws IOException, StartFailure {
        SimulatorConfig config = SimulatorConfig.defaults().withPort(port);
        if (identity != null) {
            config = config.withSsl(context(identity));
        }
        Simulator simulator;
        try {
            simulator = Simulator.start(pace == null ? config : config.withScript(Scripts.agent(pace)));
        } catch (IllegalStateException e) {
            throw new IOException(e.getMessage(), e);
        }
        CompletableFuture<Void> closed = new CompletableFuture<>();
        return new Running() {
            @Override
            public InetSocketAddress address() {
                return new InetSocketAddress(InetAddress.getLoopbackAddress(), simulator.port());
            }

            @Override
            public CompletionStage<Void> close() {
                simulator.close();
                closed.complete(null);
                return closed;
            }

            @Override
            public CompletionStage<Void> closed() {
                return closed;
            }
        };
    }

    /** HTTP/2 for those who ask for it, HTTP/1.1 for the others. */
    private static SslContext context(TlsFiles identity) throws StartFailure {
        try {
            return SslContextBuilder.forServer(
                            identity.certificate().toFile(), identity.key().toFile())
                    .sslProvider(OpenSsl.isAvailable() ? SslProvider.OPENSSL : SslProvider.JDK)
                    .applicationProtocolConfig(new ApplicationProtocolConfig(
                            Protocol.ALPN,
                            SelectorFailureBehavior.NO_ADVERTISE,
                            SelectedListenerFailureBehavior.ACCEPT,
                            ApplicationProtocolNames.HTTP_2,
                            ApplicationProtocolNames.HTTP_1_1))
                    .build();
        } catch (IOException | IllegalArgumentException e) {
            throw new StartFailure("tls: " + identity.certificate() + " and " + identity.key()
                    + " (expected: a PEM certificate chain and its private key)");
        }
    }
}
