package dev.agentws.tools.call;

import com.fasterxml.jackson.databind.JsonNode;
import dev.agentws.agent.model.ToolSpec;
import dev.agentws.agent.tool.Access;
import dev.agentws.agent.tool.Tool;
import dev.agentws.agent.tool.ToolOutput;
import dev.agentws.agent.tool.ToolPlan;
import dev.agentws.agent.tool.ToolResult;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.function.Predicate;

/** What all built-in tools share: one place turns failures into words for the model. */
public record BuiltInTool(ToolSpec spec, boolean concurrent, Planner planner) implements Tool {
    /** Checks one call. */
    @FunctionalInterface
    public interface Planner {
        ToolPlan plan(ToolInput input) throws ToolFailure, IOException, InterruptedException;
    }

    /** Does what was planned. */
    @FunctionalInterface
    public interface Work {
        ToolResult run(ToolOutput output) throws ToolFailure, IOException, InterruptedException;
    }

    /** Searches through directories. */
    @FunctionalInterface
    public interface Search {
        /** @param hidden what must be left out, by its absolute path */
        ToolResult run(Predicate<Path> hidden) throws ToolFailure, IOException, InterruptedException;
    }

    private record Searching(Search search, Predicate<Path> hidden) implements ToolPlan.Body {
        @Override
        public ToolResult run(ToolOutput output) throws InterruptedException {
            return BuiltInTool.run(ignored -> search.run(hidden), output);
        }

        @Override
        public ToolPlan.Body hiding(Predicate<Path> more) {
            return new Searching(search, more);
        }
    }

    public static ToolSpec spec(String name, String description, String schema) {
        return new ToolSpec(name, description, schema.getBytes(StandardCharsets.UTF_8));
    }

    public static ToolPlan ready(Access access, String description, Work work) {
        return new ToolPlan.Ready(access, description, output -> run(work, output));
    }

    public static ToolPlan searching(Access access, String description, Search search) {
        return new ToolPlan.Ready(access, description, new Searching(search, path -> false));
    }

    /** @param preview what it would change, a JSON object in UTF-8 for the person who is asked */
    public static ToolPlan ready(Access access, String description, byte[] preview, Work work) {
        return new ToolPlan.Ready(access, description, preview, output -> run(work, output));
    }

    @Override
    public ToolPlan plan(JsonNode input) throws InterruptedException {
        try {
            return planner.plan(ToolInput.of(input));
        } catch (ToolFailure failure) {
            return new ToolPlan.Refused(ToolResult.invalid(failure.text()));
        } catch (IOException failure) {
            return new ToolPlan.Refused(ToolResult.invalid(inWords(failure)));
        }
    }

    private static ToolResult run(Work work, ToolOutput output) throws InterruptedException {
        try {
            return work.run(output);
        } catch (ToolFailure failure) {
            return ToolResult.error(failure.text());
        } catch (IOException failure) {
            return ToolResult.error(inWords(failure));
        }
    }

    private static String inWords(IOException failure) throws InterruptedException {
        if (failure instanceof ClosedByInterruptException) {
            // The channel left the flag up for whoever handles the interrupt, which is the exception from here on.
            Thread.interrupted();
            throw new InterruptedException("cancelled while a file was open");
        }
        if (failure instanceof FileSystemException cause) {
            return cause.getFile() + ": " + reason(cause);
        }
        String message = failure.getMessage();
        return message == null ? failure.getClass().getSimpleName() : message;
    }

    private static String reason(FileSystemException failure) {
        if (failure instanceof NoSuchFileException) {
            return "no such file or directory";
        }
        if (failure instanceof AccessDeniedException) {
            return "permission denied";
        }
        if (failure instanceof NotDirectoryException) {
            return "not a directory";
        }
        String reason = failure.getReason();
        return reason == null ? failure.getClass().getSimpleName() : reason;
    }
}
