package dev.agentws.tools.search;

import dev.agentws.tools.files.Workspace.Place;
import java.nio.file.Path;
import java.util.function.Predicate;

/** What a search must not show, whichever way it came to it: by its real path, or by a link that its start was named by. Immutable. */
final class HiddenFiles {
    private final Place start;
    private final Predicate<Path> hidden;
    private final boolean linked;

    HiddenFiles(Place start, Predicate<Path> hidden) {
        this.start = start;
        this.hidden = hidden;
        linked = !start.shown().equals(start.real());
    }

    boolean hides(FileWalk.Entry entry) {
        Path full = entry.full();
        return hidden.test(full)
                || (linked && hidden.test(start.shown().resolve(start.real().relativize(full))));
    }
}
