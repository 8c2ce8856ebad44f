package dev.agentws.simulator.agent;

import com.fasterxml.jackson.databind.JsonNode;
import dev.agentws.simulator.api.Compaction;
import dev.agentws.simulator.api.MessageJson;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the agent sees of a request. Immutable.
 *
 * <p>The prompt is the last message of the user that has words of their own; what comes after it is the agent's work on it.
 */
final class Conversation {
    private static final Pattern REMINDER = Pattern.compile("(?s)<system-reminder>.*?</system-reminder>");
    private static final Pattern DIRECTORY =
            Pattern.compile("(?im)^[\\s*-]*(?:current |primary )?(?:working directory|cwd)\\s*:[ \\t]*`?([^`\\r\\n]+)");

    private static final String LAST_WISH = "The last wish, word for word:\n";
    private static final Pattern DONE = Pattern.compile("Calls made for the last wish: (\\d{1,6})");

    private final JsonNode body;
    private final List<JsonNode> messages = new ArrayList<>();
    private final int promptIndex;

    Conversation(JsonNode body) {
        this.body = body;
        for (JsonNode message : body.path("messages")) {
            if (Compaction.begins(message)) {
                messages.clear();
            }
            messages.add(message);
        }
        int index = messages.size() - 1;
        while (index >= 0 && words(messages.get(index)).isEmpty()) {
            index--;
        }
        this.promptIndex = index;
    }

    /** What the user themselves wrote in a message; empty for messages of others. */
    private static String words(JsonNode message) {
        if (!MessageJson.from(message, "user")) {
            return "";
        }
        if (message.path("content").isTextual()) {
            return strip(message.path("content").textValue());
        }
        StringBuilder words = new StringBuilder();
        for (JsonNode block : MessageJson.blocks(message)) {
            if (MessageJson.is(block, "text")) {
                words.append(block.path("text").asText()).append('\n');
            }
        }
        return strip(words.toString());
    }

    private static String strip(String text) {
        return REMINDER.matcher(text).replaceAll("").strip();
    }

    String promptText() {
        if (promptIndex >= 0) {
            return words(messages.get(promptIndex));
        }
        String told = told();
        int wish = told.indexOf(LAST_WISH);
        return wish < 0 ? "" : told.substring(wish + LAST_WISH.length());
    }

    /** Whether the last message brings results of tools and no new words. */
    boolean hasResults() {
        return !results().isEmpty();
    }

    /** The results in the last message, when it came after the prompt. */
    List<JsonNode> results() {
        int last = messages.size() - 1;
        return last <= promptIndex ? List.of() : blocks(last, "tool_result");
    }

    private List<JsonNode> blocks(int index, String type) {
        List<JsonNode> blocks = MessageJson.blocks(messages.get(index));
        blocks.removeIf(block -> !MessageJson.is(block, type));
        return blocks;
    }

    /** All calls of tools that were made for this prompt. */
    List<JsonNode> callsSincePrompt() {
        List<JsonNode> calls = new ArrayList<>();
        for (int i = promptIndex + 1; i < messages.size(); i++) {
            calls.addAll(blocks(i, "tool_use"));
        }
        return calls;
    }

    /** Whether a file was read before this prompt. */
    boolean readBefore(String path) {
        for (int i = 0; i < promptIndex; i++) {
            for (JsonNode call : blocks(i, "tool_use")) {
                boolean read = call.path("name").asText().equals("Read")
                        && call.path("input").path("file_path").asText().equals(path);
                if (read) {
                    return true;
                }
            }
        }
        return false;
    }

    static String textOf(JsonNode result) {
        JsonNode content = result.path("content");
        if (content.isTextual()) {
            return content.textValue();
        }
        StringBuilder text = new StringBuilder();
        for (JsonNode block : MessageJson.blocks(result)) {
            text.append(
                    MessageJson.is(block, "text")
                            ? block.path("text").asText()
                            : "[" + block.path("type").asText() + "]");
        }
        return text.toString();
    }

    String firstLineOfResults() {
        return results().stream()
                .findFirst()
                .map(Conversation::textOf)
                .orElse("")
                .split("\\R", 2)[0];
    }

    /** The id of a server tool that the last message left without its result; empty when there is none. */
    String openServerTool() {
        JsonNode last = messages.get(messages.size() - 1);
        List<JsonNode> blocks = MessageJson.blocks(last);
        JsonNode block = blocks.isEmpty() ? last : blocks.get(blocks.size() - 1);
        return MessageJson.is(block, "server_tool_use") ? block.path("id").asText() : "";
    }

    Set<String> tools() {
        Set<String> names = new HashSet<>();
        body.path("tools").forEach(tool -> names.add(tool.path("name").asText()));
        return names;
    }

    /** Whether a tool says that it takes a field. */
    boolean takes(String tool, String field) {
        for (JsonNode candidate : body.path("tools")) {
            if (candidate.path("name").asText().equals(tool)) {
                return candidate.path("input_schema").path("properties").has(field);
            }
        }
        return false;
    }

    /** A path as the tools want it: absolute, when the system prompt names a working directory. */
    String absolute(String path) {
        if (path.startsWith("/") || path.matches("[A-Za-z]:[\\\\/].*")) {
            return path;
        }
        Matcher directory = DIRECTORY.matcher(systemText());
        if (!directory.find()) {
            return path;
        }
        String base = directory.group(1).strip();
        String rest = path.startsWith("./") ? path.substring(2) : path;
        return base.endsWith("/") ? base + rest : base + "/" + rest;
    }

    /** Whether a summary of the conversation is asked for, in place of an answer. */
    boolean asksForSummary() {
        return promptText().contains("Write that summary now");
    }

    /** The summary: what the user said, and how many calls were made for the last wish. */
    String summary() {
        StringBuilder text = new StringBuilder("The user said:\n");
        int calls = 0;
        for (JsonNode message : messages) {
            String words = words(message)
                    .replaceAll("(?s)The conversation has grown so long.*", "")
                    .strip();
            if (!words.isEmpty()) {
                String line = words.replaceAll("\\s+", " ");
                text.append("- ").append(line, 0, Math.min(line.length(), 200)).append('\n');
                calls = 0;
            }
            for (JsonNode block : MessageJson.blocks(message)) {
                calls += MessageJson.is(block, "tool_use") ? 1 : 0;
            }
        }
        Matcher told = Pattern.compile("(?m)^assistant called ").matcher(promptText());
        while (told.find()) {
            calls++;
        }
        return text.append("Calls made for the last wish: ")
                .append(calls + doneBefore())
                .append('.')
                .toString();
    }

    /** The summary with which the API goes on: the next request has nothing of what came before it. */
    String compacted() {
        return summary() + "\n\n" + LAST_WISH + promptText();
    }

    /** What the summary says with which the API has shortened the conversation; empty without one. */
    private String told() {
        boolean shortened = !messages.isEmpty() && Compaction.begins(messages.get(0));
        return shortened
                ? messages.get(0).path("content").path(0).path("content").asText()
                : "";
    }

    /** How many calls were made for this prompt before the conversation was shortened. */
    int doneBefore() {
        if (promptIndex < 0) {
            Matcher told = DONE.matcher(told());
            return told.find() ? Integer.parseInt(told.group(1)) : 0;
        }
        String all = messages.get(promptIndex).toString();
        Matcher done = DONE.matcher(all);
        return all.contains("do not start again") && done.find() ? Integer.parseInt(done.group(1)) : 0;
    }

    String systemText() {
        JsonNode system = body.path("system");
        if (system.isTextual()) {
            return system.textValue();
        }
        StringBuilder text = new StringBuilder();
        system.forEach(block -> text.append(block.path("text").asText()).append('\n'));
        return text.toString();
    }
}
