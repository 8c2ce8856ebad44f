package dev.agentws.server;

import dev.agentws.simulator.Scripts;
import dev.agentws.simulator.Simulator;
import dev.agentws.simulator.SimulatorConfig;
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
    public Running start(int port, @Nullable Duration pace) throws IOException {
        SimulatorConfig config = SimulatorConfig.defaults().withPort(port);
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
}
