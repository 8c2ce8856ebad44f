package dev.agentws.agent.permission;

import java.util.List;
import java.util.Set;

/**
 * What a whole command line says and touches. Immutable.
 *
 * @param unclear why it could not be read to its end, or empty
 * @param forms what stands in it, read roughly; only for what is unclear
 */
record CommandFacts(String text, List<PartFacts> parts, String unclear, Set<String> forms) {
    CommandFacts {
        parts = List.copyOf(parts);
        forms = Set.copyOf(forms);
    }

    boolean isUnclear() {
        return !unclear.isEmpty();
    }

    /** Whether some part is a removal that must never go without a person. */
    boolean critical() {
        return parts.stream().anyMatch(PartFacts::critical);
    }
}
