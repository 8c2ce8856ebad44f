package dev.agentws.agent.permission;

import java.util.LinkedHashSet;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads a command line that could not be taken apart, roughly: for rules that forbid, which had better see too much. */
final class RoughForms {
    private static final Pattern BEFORE =
            Pattern.compile("\\G(?:(?:if|then|else|elif|while|until|do|!|time)|[A-Za-z_][A-Za-z0-9_]*\\+?=\\S*) ");
    private static final int MOST = 2_000;
    private static final int LONGEST = 100_000;

    private RoughForms() {}

    /** What follows keywords and assignments. A loop, because a repeated group of a pattern overflows the stack on long text. */
    private static String command(String form) {
        Matcher before = BEFORE.matcher(form);
        int at = 0;
        while (before.find()) {
            at = before.end();
        }
        return form.substring(at);
    }

    static Set<String> of(String command) {
        Set<String> forms = new LinkedHashSet<>();
        String text = command.length() > LONGEST ? command.substring(0, LONGEST) : command;
        String joined = text.replace("\\\n", "").replace("\\", "").replaceAll("[\"']", "");
        for (String piece : joined.split("[;&|\n(){}`<>]|\\$\\(")) {
            String form = piece.strip().replaceAll("[ \t]+", " ").replace(",", " ");
            form = command(form);
            if (!form.isEmpty() && forms.size() < MOST) {
                forms.add(form);
                int end = form.indexOf(' ') < 0 ? form.length() : form.indexOf(' ');
                forms.add(form.substring(form.lastIndexOf('/', end - 1) + 1));
            }
        }
        return forms;
    }
}
