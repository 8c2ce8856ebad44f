package dev.agentws.agent.permission;

import dev.agentws.agent.tool.Access.Spot;
import java.util.List;
import java.util.Set;

/**
 * What one simple command says and touches. Immutable.
 *
 * @param form how rules that allow see it
 * @param exact the same with its wrappers, for rules without a star
 * @param exactOnly whether a pattern with stars is not enough
 * @param forms how rules that forbid see it: in every way it could be meant
 * @param looks whether it is known only to look
 * @param edits whether it is one of the file commands that count as edits
 * @param deep whether it reads all that lies under its places
 * @param reads what it looks at, as far as it is known
 * @param writes what it changes by name
 * @param redirects what the shell writes its output to
 * @param unknownReads whether it may look at more than {@code reads}
 * @param unknownWrites whether it may change more by name than {@code writes}
 * @param unknownRedirects whether it may write its output to more than {@code redirects}
 * @param critical whether it removes what must never go without a person
 */
record PartFacts(
        String form,
        String exact,
        boolean exactOnly,
        Set<String> forms,
        boolean looks,
        boolean edits,
        boolean deep,
        List<Spot> reads,
        List<Spot> writes,
        List<Spot> redirects,
        boolean unknownReads,
        boolean unknownWrites,
        boolean unknownRedirects,
        boolean critical) {}
