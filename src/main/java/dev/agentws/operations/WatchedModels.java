package dev.agentws.operations;

import dev.agentws.agent.model.ModelClient;
import dev.agentws.agent.model.ModelListener;
import dev.agentws.agent.model.ModelRequest;
import dev.agentws.agent.model.ModelStream;
import io.netty.util.concurrent.EventExecutor;

/** Stands before the model and watches its calls. Thread-safe. */
final class WatchedModels implements ModelClient {
    private final ModelClient models;
    private final Telemetry telemetry;

    WatchedModels(ModelClient models, Telemetry telemetry) {
        this.models = models;
        this.telemetry = telemetry;
    }

    @Override
    public ModelStream stream(ModelRequest request, ModelListener listener, EventExecutor loop) {
        SessionWatch session = telemetry.find(request.conversation());
        TurnTrace turn = session == null ? null : session.trace();
        WatchedCall call = new WatchedCall(
                listener,
                request.model(),
                telemetry,
                telemetry.meters().of(loop),
                turn == null ? null : turn.call(request));
        return call.of(models.stream(request, call, loop));
    }

    @Override
    public boolean compacts(String model) {
        return models.compacts(model);
    }
}
