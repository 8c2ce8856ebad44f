package dev.agentws.tools;

import dev.agentws.agent.model.ToolSpec;
import dev.agentws.agent.tool.Tool;
import dev.agentws.agent.tool.Toolbox;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The toolbox of one session. Until a tool is used it is next to nothing, because most sessions are idle. Thread-safe. */
final class SessionToolbox implements Toolbox {
    private final Set<String> names;
    private final Supplier<SessionTools> opener;
    private @Nullable SessionTools opened;
    private boolean closed;

    SessionToolbox(Set<String> names, Supplier<SessionTools> opener) {
        this.names = names;
        this.opener = opener;
    }

    @Override
    public List<ToolSpec> specs() {
        return BuiltInTools.specs(names);
    }

    @Override
    public @Nullable Tool find(String name) {
        String itsName = BuiltInTools.nameOf(name);
        if (!names.contains(itsName)) {
            return null;
        }
        return BuiltInTools.tool(itsName, tools());
    }

    @Override
    public synchronized List<String> takeNotices() {
        return opened == null ? List.of() : opened.takeNotices();
    }

    @Override
    public synchronized boolean quiet() {
        return opened == null || opened.quiet();
    }

    @Override
    public synchronized void halt() {
        if (opened != null) {
            opened.halt();
        }
    }

    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            if (opened != null) {
                opened.close();
            }
        }
    }

    private synchronized SessionTools tools() {
        SessionTools tools = opened;
        if (tools == null) {
            tools = opener.get();
            opened = tools;
            if (closed) {
                tools.close();
            }
        }
        return tools;
    }
}
