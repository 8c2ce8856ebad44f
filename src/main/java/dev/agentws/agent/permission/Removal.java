package dev.agentws.agent.permission;

import dev.agentws.agent.tool.Access.Spot;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;

/** Whether {@code rm} would hit what nobody can do without. Touches the disk. */
final class Removal {
    private static final Pattern HOME = Pattern.compile("\"?\\$(HOME|\\{HOME\\})\"?(/.*)?\"?", Pattern.DOTALL);
    /** If the variable is empty, this is the root. */
    private static final Pattern MAYBE_ROOT = Pattern.compile("\"?\\$\\{?[A-Za-z0-9_]+\\}?\"?/.*", Pattern.DOTALL);

    private Removal() {}

    static boolean isCritical(CommandPart remove, Directories directories, Surroundings around) {
        return remove.words().subList(1, remove.words().size()).stream()
                .filter(word -> !word.text().startsWith("-"))
                .anyMatch(word -> isCritical(word, directories, around));
    }

    private static boolean isCritical(Word word, Directories directories, Surroundings around) {
        Path home = around.home();
        String text = word.text();
        List<Path> bases = directories.possible();
        if (word.tilde() && home == null) {
            return true;
        }
        if (home != null && (word.tilde() || HOME.matcher(word.raw()).matches())) {
            String rest =
                    word.tilde() ? text.substring(1) : HOME.matcher(word.raw()).replaceFirst("$2");
            text = home + rest.replace("\"", "");
        } else if (word.dynamic()) {
            return MAYBE_ROOT.matcher(word.raw()).matches();
        }
        if (!directories.known() && !text.startsWith("/")) {
            return word.glob() || text.matches("\\.{0,2}/?");
        }
        String place = word.glob() ? beforeGlob(text) : text;
        return bases.stream().anyMatch(base -> {
            Spot spot = around.spot(base, place.isEmpty() ? "." : place);
            return spot != null && (isCritical(spot.shown(), home) || isCritical(spot.real(), home));
        });
    }

    private static String beforeGlob(String text) {
        int slash = text.lastIndexOf('/', text.replaceAll("[*?\\[].*", "").length());
        return slash < 0 ? "" : text.substring(0, slash + 1);
    }

    private static boolean isCritical(Path path, @org.jspecify.annotations.Nullable Path home) {
        return path.getNameCount() <= 1 || (home != null && home.startsWith(path));
    }
}
