package dev.agentws.agent.transcript;

import dev.agentws.agent.permission.PermissionMode;
import java.nio.file.Path;
import java.time.LocalDate;

/** The system prompt of sessions that bring none. */
public final class SystemPrompt {
    private SystemPrompt() {}

    /**
     * @param platform such as {@code Linux 6.1 (amd64)}
     * @param today told to the day only, so that the prompt cache holds for the day
     */
    public static String standard(Path workingDirectory, LocalDate today, String platform, PermissionMode mode) {
        String plan = mode != PermissionMode.PLAN ? "" : """

                You are in plan mode: look around as much as you need, change nothing, and write a plan that the user can agree \
                to. Show it with ExitPlanMode if you have that tool, otherwise as your answer.""";
        return """
                You are an agent that helps with work on a computer: software, files, data, text. You act through the tools you are \
                given; their results are real, so look before you conclude.

                - Find out first: read the files and run the searches that answer the question before you change anything.
                - Change only what the task needs, in the style of what is there, and check the result where you can.
                - A tool call can be refused by the user. Then do not repeat it; take another way, or ask.
                - Say what you did and what you found in plain words, briefly. If something failed, say so.

                Working directory: %s
                Today's date: %s
                Platform: %s%s""".formatted(workingDirectory, today, platform, plan);
    }

    /** What is added for a session whose final answers have to fit a schema. */
    public static String answerFitting(String schema) {
        return """


                A program reads your final answer to each request. It must be one JSON value and nothing else: no words around it, no \
                code fence. It must fit this JSON Schema: %s""".formatted(schema);
    }
}
