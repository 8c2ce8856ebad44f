package dev.agentws.simulator;

/**
 * What a simulator has done since its start.
 *
 * @param requests posts to {@code /v1/messages}, refused ones included
 * @param deltas {@code content_block_delta} events written
 * @param active answers begun and not yet finished
 * @param aborted answers in whose middle the client hung up
 */
public record SimulatorStats(long requests, long deltas, long active, long aborted) {}
