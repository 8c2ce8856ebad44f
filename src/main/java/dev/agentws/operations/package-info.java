/**
 * What an operator sees of sessions and model calls: counts, log lines, spans, and the way out of the counts. Watches from outside, as
 * one more listener of a session and as a shell around the model's door. Imports {@code agent}, {@code metrics}, Micrometer, the
 * Prometheus model, the interface of OpenTelemetry, Jackson and SLF4J.
 */
@NullMarked
package dev.agentws.operations;

import org.jspecify.annotations.NullMarked;
