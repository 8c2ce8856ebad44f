package dev.agentws.tools;

import dev.agentws.agent.model.ToolSpec;
import dev.agentws.agent.tool.Access;
import dev.agentws.agent.tool.ToolPlan;
import dev.agentws.agent.tool.ToolResult;
import dev.agentws.tools.call.BuiltInTool;
import dev.agentws.tools.call.Shown;
import dev.agentws.tools.call.ToolFailure;
import dev.agentws.tools.call.ToolInput;

/** Shows a plan to the person, whose yes ends plan mode; the session sees to that. */
final class PlanTool {
    static final ToolSpec SPEC = BuiltInTool.spec("ExitPlanMode", """
            Shows your finished plan to the person and asks whether you may carry it out. Only for plan mode.
            - Use it once you know enough to write down what you would change, step by step.
            - Do not use it for questions that only want an answer, or to ask something: it asks for a yes to the plan.
            - After a yes you may begin. After a no, stay with planning and take up what the person said.""", """
            {"type":"object","properties":{
            "plan":{"type":"string","minLength":1,"description":"The plan, in Markdown, short and concrete."}},
            "required":["plan"],"additionalProperties":false}""");

    private static final int SHOWN_CHARS = 200;

    private PlanTool() {}

    static ToolPlan plan(ToolInput input) throws ToolFailure {
        String plan = input.filledText("plan");
        input.end();
        return BuiltInTool.ready(
                Access.person(),
                "Agree to the plan: " + Shown.line(plan, SHOWN_CHARS),
                output -> ToolResult.of(
                        "The user agreed to the plan, and plan mode is over. Carry it out now:\n\n" + plan.strip()));
    }
}
