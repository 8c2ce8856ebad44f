package dev.agentws.tools;

import dev.agentws.agent.model.ToolSpec;
import dev.agentws.agent.tool.Access;
import dev.agentws.agent.tool.ToolPlan;
import dev.agentws.agent.tool.ToolResult;
import dev.agentws.tools.call.BuiltInTool;
import dev.agentws.tools.call.Shown;
import dev.agentws.tools.call.ToolFailure;
import dev.agentws.tools.call.ToolInput;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Asks the person to choose. The answers come back in the changed input of the permission answer. */
final class QuestionTool {
    static final ToolSpec SPEC = BuiltInTool.spec("AskUserQuestion", """
            Asks the person one to four questions with two to four ready answers each, and waits for what they choose.
            - For decisions that are theirs: what they prefer, what they meant. Find out for yourself what the files can tell.
            - They can also answer in their own words, so leave out an option "other".
            - Put the answer you would choose first and say so in its label.""", """
            {"type":"object","properties":{"questions":{"type":"array","minItems":1,"maxItems":4,"items":{"type":"object",
            "properties":{
            "question":{"type":"string","minLength":1,"description":"The whole question."},
            "header":{"type":"string","description":"One or two words that name it."},
            "options":{"type":"array","minItems":2,"maxItems":4,"items":{"type":"object","properties":{
            "label":{"type":"string","minLength":1,"description":"The answer, in a few words."},
            "description":{"type":"string","description":"What choosing it means."}},
            "required":["label"],"additionalProperties":false}},
            "multiSelect":{"type":"boolean","description":"Whether several answers may be chosen."}},
            "required":["question","options"],"additionalProperties":false}}},
            "required":["questions"],"additionalProperties":false}""");

    private static final int MOST_QUESTIONS = 4;
    private static final int LEAST_OPTIONS = 2;
    private static final int MOST_OPTIONS = 4;
    private static final int SHOWN_CHARS = 200;

    private QuestionTool() {}

    static ToolPlan plan(ToolInput input) throws ToolFailure {
        List<ToolInput> items = input.objects("questions");
        // Not in what the model is told: the person's answer puts it there.
        Map<String, String> answers = input.textMap("answers");
        input.end();
        if (items.isEmpty() || items.size() > MOST_QUESTIONS) {
            throw new ToolFailure("questions: " + items.size() + " of them (expected: 1 to " + MOST_QUESTIONS + ")");
        }
        List<String> questions = new ArrayList<>();
        for (ToolInput item : items) {
            questions.add(question(item));
        }
        Set<String> different = new HashSet<>(questions);
        if (different.size() < questions.size()) {
            throw new ToolFailure("questions: the same one twice (expected: different ones)");
        }
        return BuiltInTool.ready(
                Access.person(),
                "Answer: " + Shown.line(String.join(" / ", questions), SHOWN_CHARS),
                output -> ToolResult.of(said(questions, answers)));
    }

    private static String question(ToolInput item) throws ToolFailure {
        String question = item.filledText("question");
        item.optionalText("header");
        item.flag("multiSelect", false);
        List<ToolInput> options = item.objects("options");
        item.end();
        if (options.size() < LEAST_OPTIONS || options.size() > MOST_OPTIONS) {
            throw new ToolFailure("options: " + options.size() + " of them (expected: " + LEAST_OPTIONS + " to "
                    + MOST_OPTIONS + ")");
        }
        for (ToolInput option : options) {
            option.filledText("label");
            option.optionalText("description");
            option.end();
        }
        return question;
    }

    private static String said(List<String> questions, Map<String, String> answers) {
        StringBuilder text = new StringBuilder();
        for (String question : questions) {
            String answer = answers.getOrDefault(question, "");
            text.append(question)
                    .append("\n  ")
                    .append(answer.isBlank() ? "(no answer was given)" : "The user answered: " + answer.strip())
                    .append('\n');
        }
        return text.toString().stripTrailing();
    }
}
