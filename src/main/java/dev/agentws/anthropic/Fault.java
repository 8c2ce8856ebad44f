package dev.agentws.anthropic;

import dev.agentws.agent.model.ModelFailure;

/**
 * Why one attempt failed. Immutable.
 *
 * @param retryable whether another attempt makes sense; stricter than the kind of the failure, which only knows of later
 */
record Fault(ModelFailure failure, boolean retryable) {}
