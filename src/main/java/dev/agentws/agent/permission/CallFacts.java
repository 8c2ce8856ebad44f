package dev.agentws.agent.permission;

import com.fasterxml.jackson.databind.JsonNode;
import dev.agentws.agent.tool.Access;
import java.nio.file.Files;
import org.jspecify.annotations.Nullable;

/**
 * All that a decision over one call needs to know, so that the decision itself touches no disk. Immutable.
 *
 * @param command what the command line says, for {@link Access.Kind#RUN}
 * @param deep whether it shows what is in the files under a directory
 */
public record CallFacts(
        String tool,
        JsonNode input,
        Access access,
        @Nullable CommandFacts command,
        boolean deep) {
    /** Looks at a planned call. Touches the disk, so it is for tool workers. */
    public static CallFacts of(String tool, JsonNode input, Access access, Surroundings around) {
        boolean runs = access.kind() == Access.Kind.RUN;
        boolean deep = tool.equals("Grep") && access.spots().stream().anyMatch(spot -> Files.isDirectory(spot.real()));
        CommandFacts command = runs ? CommandReading.of(access.subject(), access.directory(), around) : null;
        return new CallFacts(tool, input, access, command, deep);
    }

    /** Whether its places are directories that it goes through, and not files. */
    boolean searches() {
        return deep || tool.equals("Glob");
    }
}
