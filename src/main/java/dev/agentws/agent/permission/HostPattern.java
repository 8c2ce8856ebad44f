package dev.agentws.agent.permission;

import java.util.List;
import java.util.Locale;

/** A pattern for host names: a leading {@code *.} stands for any depth, another {@code *} stays within one label. Immutable. */
record HostPattern(List<Wildcard> labels, boolean anyDepth) {
    static HostPattern of(String text) throws InvalidRule {
        String host = plain(text.strip());
        if (!host.matches("[a-z0-9*_:\\[\\].\\-\\x{80}-\\x{10ffff}]+") || host.startsWith(".") || host.contains("..")) {
            throw new InvalidRule("domain: and a host, such as domain:example.com or domain:*.example.com");
        }
        boolean anyDepth = host.startsWith("*.");
        String rest = anyDepth ? host.substring(2) : host;
        return new HostPattern(
                List.of(rest.split("\\.")).stream().map(Wildcard::of).toList(), anyDepth);
    }

    private static String plain(String host) {
        String lower = host.toLowerCase(Locale.ROOT);
        return lower.endsWith(".") ? lower.substring(0, lower.length() - 1) : lower;
    }

    boolean matches(String host) {
        List<String> given = List.of(plain(host).split("\\."));
        int more = given.size() - labels.size();
        if (anyDepth ? more < 1 : more != 0) {
            return false;
        }
        for (int i = 0; i < labels.size(); i++) {
            if (!labels.get(i).matches(given.get(more + i))) {
                return false;
            }
        }
        return true;
    }
}
