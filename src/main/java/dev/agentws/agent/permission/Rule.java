package dev.agentws.agent.permission;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** One permission rule, {@code Tool} or {@code Tool(content)}. Two rules of the same text are equal. Immutable. */
public final class Rule {
    /** What its content speaks of. */
    enum Kind {
        /** Nothing: all calls of the tool. */
        WHOLE,
        /** The command line of Bash. */
        COMMAND,
        /** Files. */
        PATH,
        /** The host of a web page. */
        HOST,
        /** A field of the input. */
        PARAMETER
    }

    private final String tool;
    private final @Nullable String content;
    private final Kind kind;
    private final Wildcard name;
    private final @Nullable Object subject;

    private Rule(String tool, @Nullable String content, Kind kind, @Nullable Object subject) {
        this.tool = tool;
        this.content = content;
        this.kind = kind;
        this.name = Wildcard.of(tool);
        this.subject = subject;
    }

    /** A field and the value it is about. */
    record Parameter(String name, Wildcard value) {}

    static Rule whole(String tool) {
        return new Rule(tool, null, Kind.WHOLE, null);
    }

    static Rule command(String content) {
        return new Rule("Bash", content, Kind.COMMAND, Wildcard.ofCommand(content));
    }

    static Rule path(String tool, String content) throws InvalidRule {
        return new Rule(tool, content, Kind.PATH, PathPattern.of(content));
    }

    static Rule host(String content, String host) throws InvalidRule {
        return new Rule("WebFetch", content, Kind.HOST, HostPattern.of(host));
    }

    static Rule parameter(String tool, String content, Parameter parameter) {
        return new Rule(tool, content, Kind.PARAMETER, parameter);
    }

    /** The name of the tool, maybe with {@code *}. */
    public String tool() {
        return tool;
    }

    /** What stands in the parentheses, or null. */
    public @Nullable String content() {
        return content;
    }

    Kind kind() {
        return kind;
    }

    /** Whether it is about the tool of that name. A server of MCP stands for all its tools. */
    boolean covers(String called) {
        return name.matches(called) || (tool.startsWith("mcp__") && called.startsWith(tool + "__"));
    }

    Wildcard wildcard() {
        return (Wildcard) Objects.requireNonNull(subject);
    }

    PathPattern path() {
        return (PathPattern) Objects.requireNonNull(subject);
    }

    HostPattern host() {
        return (HostPattern) Objects.requireNonNull(subject);
    }

    Parameter parameter() {
        return (Parameter) Objects.requireNonNull(subject);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Rule rule && rule.toString().equals(toString());
    }

    @Override
    public int hashCode() {
        return toString().hashCode();
    }

    @Override
    public String toString() {
        return content == null ? tool : tool + "(" + content + ")";
    }
}
