package dev.agentws.agent.model;

/**
 * One content block of the transcript, kept as the JSON it came as: thinking signatures and the prompt cache depend on every byte.
 * Immutable by agreement: nobody writes to {@code json}.
 *
 * @param json one JSON object in UTF-8, without {@code cache_control}
 */
public record Block(BlockKind kind, byte[] json) {}
