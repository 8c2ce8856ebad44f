package dev.agentws.tools.web;

import dev.agentws.agent.model.ToolSpec;
import dev.agentws.agent.model.ToolSpec.UpstreamTool;
import dev.agentws.agent.tool.ToolPlan;
import dev.agentws.agent.tool.ToolResult;
import dev.agentws.tools.call.ToolInput;

/** Searching the web, which the model's API does itself: the model is offered the API's own tool, and nothing of it runs here. */
public final class WebSearchTool {
    private static final int MAX_SEARCHES = 8;

    public static final ToolSpec SPEC = new ToolSpec(
            "WebSearch", "", new byte[0], new UpstreamTool("web_search_20250305", "web_search", MAX_SEARCHES));

    private WebSearchTool() {}

    /** A model that asks us for it has mixed up the names. */
    public static ToolPlan plan(ToolInput input) {
        return new ToolPlan.Refused(
                ToolResult.invalid("The web is searched with the tool web_search, which answers by itself."));
    }
}
