package dev.agentws.agent.permission;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What {@code find} does besides looking. */
final class FindReading {
    private FindReading() {}

    /** Whether a word of its expression runs, removes or writes something. */
    static boolean acts(String word) {
        return Stream.of("-exec", "-ok", "-delete", "-fprint", "-fls", "-files0-from")
                .anyMatch(word::startsWith);
    }

    /** The places where it looks, or null when it does more than look. */
    static @Nullable List<Word> places(List<Word> operands) {
        List<Word> places = new ArrayList<>();
        boolean expression = false;
        for (Word word : operands) {
            if (!word.plain() || acts(word.text())) {
                return null;
            }
            boolean option = List.of("-H", "-L", "-P").contains(word.text());
            expression |=
                    !option && (word.text().startsWith("-") || List.of("(", "!").contains(word.text()));
            boolean namesFile = word.text().startsWith("/") && expression;
            if ((!expression && !option) || namesFile) {
                places.add(word);
            }
        }
        return places;
    }
}
