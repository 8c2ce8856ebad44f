package dev.agentws.agent.permission;

import java.util.LinkedHashSet;
import java.util.Set;

/** Reads a command line that could not be taken apart, roughly: for rules that forbid, which had better see too much. */
final class RoughForms {
    private static final int MOST = 2_000;
    private static final int LONGEST = 100_000;

    private RoughForms() {}

    static Set<String> of(String command) {
        Set<String> forms = new LinkedHashSet<>();
        String text = command.length() > LONGEST ? command.substring(0, LONGEST) : command;
        String joined = text.replace("\\\n", "").replace("\\", "").replaceAll("[\"']", "");
        for (String piece : joined.split("[;&|\n(){}`<>]|\\$\\(")) {
            String form = piece.strip().replaceAll("[ \t]+", " ").replace(",", " ");
            form = form.replaceFirst("^((if|then|else|elif|while|until|do|!|time) )+", "");
            form = form.replaceFirst("^([A-Za-z_][A-Za-z0-9_]*\\+?=\\S* )+", "");
            if (!form.isEmpty() && forms.size() < MOST) {
                forms.add(form);
                int end = form.indexOf(' ') < 0 ? form.length() : form.indexOf(' ');
                forms.add(form.substring(form.lastIndexOf('/', end - 1) + 1));
            }
        }
        return forms;
    }
}
