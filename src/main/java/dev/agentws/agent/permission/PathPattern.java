package dev.agentws.agent.permission;

import com.google.re2j.Pattern;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A pattern for paths, in the manner of {@code .gitignore}: what matches a directory matches all that is in it. Immutable.
 *
 * <p>Begins at the root of the file system ({@code //abs}), at the home directory ({@code ~/p}) or at the session's working directory
 * ({@code /p}, {@code ./p}, {@code p}); a bare name matches at any depth.
 */
final class PathPattern {
    private enum Anchor {
        ROOT,
        HOME,
        DIRECTORY
    }

    private final Anchor anchor;
    private final Pattern pattern;
    /** The same as rules that forbid read it: one directory's {@code name/**} is meant at any depth. */
    private final Pattern wide;

    private PathPattern(Anchor anchor, String rest, boolean bare) {
        this.anchor = anchor;
        boolean anyDepth = bare && (rest.indexOf('/') < 0 || rest.indexOf('/') == rest.length() - 1);
        boolean wholeDirectory = bare && rest.endsWith("/**") && rest.indexOf('/') == rest.length() - 3;
        this.pattern = compile(rest, anyDepth);
        this.wide = wholeDirectory ? compile(rest, true) : pattern;
    }

    /** @throws InvalidRule when it says something that cannot be honoured */
    static PathPattern of(String text) throws InvalidRule {
        String spec = text.strip();
        if (spec.isEmpty() || spec.startsWith("!") || spec.indexOf('\0') >= 0) {
            throw new InvalidRule("a path, //absolute, ~/of-home, /of-working-directory or relative");
        }
        if (List.of(spec.split("/")).contains("..")) {
            throw new InvalidRule("a path without .., such as //absolute/path");
        }
        if (spec.startsWith("//")) {
            return new PathPattern(Anchor.ROOT, spec.substring(2), false);
        }
        if (spec.equals("~") || spec.startsWith("~/")) {
            return new PathPattern(Anchor.HOME, spec.equals("~") ? "" : spec.substring(2), false);
        }
        if (spec.startsWith("~")) {
            throw new InvalidRule("~/path; other people's home directories as //absolute/path");
        }
        if (spec.startsWith("/") || spec.startsWith("./") || spec.equals(".")) {
            return new PathPattern(Anchor.DIRECTORY, spec.replaceFirst("^\\.?/?", ""), false);
        }
        return new PathPattern(Anchor.DIRECTORY, spec, true);
    }

    boolean needsHome() {
        return anchor == Anchor.HOME;
    }

    /** @param forbids whether the rule denies or asks, which matches more rather than less */
    boolean matches(Path path, Surroundings around, boolean forbids) {
        Pattern mine = forbids ? wide : pattern;
        switch (anchor) {
            case ROOT:
                return under(Path.of("/"), path, mine);
            case HOME:
                return under(around.home(), path, mine);
            case DIRECTORY:
                return under(around.directory(), path, mine)
                        || (forbids && around.moreDirectories().stream().anyMatch(base -> under(base, path, mine)));
        }
        return false;
    }

    private static boolean under(@Nullable Path base, Path path, Pattern pattern) {
        return base != null
                && path.startsWith(base)
                && pattern.matches(base.relativize(path).toString());
    }

    private static Pattern compile(String glob, boolean anyDepth) {
        String rest = glob.endsWith("/") ? glob.substring(0, glob.length() - 1) : glob;
        if (rest.isEmpty() || rest.equals("**")) {
            return Pattern.compile("(?s).*");
        }
        StringBuilder regex = new StringBuilder("(?s)").append(anyDepth ? "(?:.*/)?" : "");
        int at = 0;
        while (at < rest.length()) {
            at = piece(rest, at, regex);
        }
        return Pattern.compile(regex.append("(?:/.*)?").toString());
    }

    private static int piece(String rest, int at, StringBuilder regex) {
        if (rest.startsWith("**/", at) && (at == 0 || rest.charAt(at - 1) == '/')) {
            regex.append("(?:.*/)?");
            return at + 3;
        }
        if (rest.startsWith("/**", at) && at + 3 == rest.length()) {
            return at + 3;
        }
        char c = rest.charAt(at);
        int end = c == '[' ? rest.indexOf(']', at + 2) : -1;
        if (end > 0) {
            String members = rest.substring(at + 1, end).replace("\\", "\\\\").replace("[", "\\[");
            regex.append(members.startsWith("!") ? "[^/" + members.substring(1) : "[" + members)
                    .append(']');
            return end + 1;
        }
        if (c == '*') {
            regex.append("[^/]*");
            return rest.startsWith("**", at) ? at + 2 : at + 1;
        }
        if (c == '\\' && at + 1 < rest.length()) {
            regex.append(Pattern.quote(rest.substring(at + 1, at + 2)));
            return at + 2;
        }
        regex.append(c == '?' ? "[^/]" : Pattern.quote(String.valueOf(c)));
        return at + 1;
    }
}
