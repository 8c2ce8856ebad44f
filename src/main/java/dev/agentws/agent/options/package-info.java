/**
 * What a client may ask of a session, read and checked: options, prompts, histories, agent definitions.
 *
 * <p>May import: {@code agent.model}, {@code agent.tool}, {@code agent.permission}, the JDK, Jackson, snakeyaml-engine, json-schema-validator.
 */
@NullMarked
package dev.agentws.agent.options;

import org.jspecify.annotations.NullMarked;
