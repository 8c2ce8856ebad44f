package dev.agentws.server;

import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.TracerProvider;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.propagation.ContextPropagators;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** Sends spans to a collector, in batches and on threads of its own. Loaded only when that is wanted. */
final class TraceExport implements OpenTelemetry, AutoCloseable {
    private static final Duration SEND_TIMEOUT = Duration.ofSeconds(5);

    private final SdkTracerProvider provider;

    /** @param collector without the path of the traces */
    TraceExport(URI collector, String version) {
        String base = collector.toString().replaceFirst("/+$", "");
        OtlpHttpSpanExporter exporter = OtlpHttpSpanExporter.builder()
                .setEndpoint(base + "/v1/traces")
                .setTimeout(SEND_TIMEOUT)
                .build();
        Attributes own = Attributes.of(
                AttributeKey.stringKey("service.name"), "agentws", AttributeKey.stringKey("service.version"), version);
        provider = SdkTracerProvider.builder()
                .setResource(Resource.getDefault().merge(Resource.create(own)))
                .addSpanProcessor(BatchSpanProcessor.builder(exporter).build())
                .build();
    }

    @Override
    public TracerProvider getTracerProvider() {
        return provider;
    }

    @Override
    public ContextPropagators getPropagators() {
        return ContextPropagators.create(W3CTraceContextPropagator.getInstance());
    }

    /** Sends what is left. Blocks for a moment. */
    @Override
    public void close() {
        provider.shutdown().join(SEND_TIMEOUT.toSeconds(), TimeUnit.SECONDS);
    }
}
