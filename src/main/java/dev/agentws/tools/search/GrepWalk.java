package dev.agentws.tools.search;

import dev.agentws.tools.files.Folder;
import dev.agentws.tools.files.Workspace;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Predicate;

/** Chooses the files of a tree as ripgrep does and has them searched. Confined to one thread. */
final class GrepWalk implements FileWalk.Visitor {
    private final GrepQuery query;
    private final GrepReport report;
    private final FileWalk walk;
    private final HiddenFiles hidden;
    private final SearchCrew crew;
    private final IgnoreRules rules = new IgnoreRules();
    private int start;
    private int tooLarge;
    private int cutLines;
    private boolean more = true;

    /** @param helpers threads that search besides the calling one */
    GrepWalk(GrepQuery query, GrepReport report, FileWalk walk, HiddenFiles hidden, int helpers) {
        this.hidden = hidden;
        this.query = query;
        this.report = report;
        this.walk = walk;
        crew = new SearchCrew(() -> new FileSearch(query, walk), this::take, helpers);
    }

    void searchTree(Workspace workspace, Path directory) throws IOException, InterruptedException {
        List<String> names = GlobTool.names(workspace.top(directory), directory);
        start = names.size();
        enterAncestors(workspace, workspace.top(directory), names);
        try (crew;
                Folder folder = workspace.open(directory)) {
            walk.walk(folder, names, this);
            crew.finish();
        }
    }

    /** A file that was named by the call: neither hidden nor ignored counts. */
    void searchFile(Folder folder, Path name) throws IOException, InterruptedException {
        BasicFileAttributes attributes = folder.attributes(name);
        FileSearch.Found found =
                new FileSearch(query, walk).search(folder, name, attributes, true, report.wantedRows());
        IOException failure = found.failure();
        if (failure != null) {
            throw failure;
        }
        take(found);
        if (found.outcome() == TextSearch.Outcome.BINARY) {
            report.note("[" + found.file() + " is a binary file and was not searched.]");
        }
    }

    List<String> notes() {
        List<String> notes = new ArrayList<>(walk.notes());
        if (cutLines > 0) {
            notes.add("[" + cutLines + " lines were searched only in their first " + TextWindow.MAX_LINE_BYTES
                    + " bytes.]");
        }
        if (tooLarge > 0) {
            notes.add("[" + tooLarge + " files over " + MultilineSearch.MAX_BYTES
                    + " bytes were not searched across lines.]");
        }
        return notes;
    }

    @Override
    public void enter(Folder folder, List<String> path, List<Path> names) throws InterruptedException {
        enter(folder, path, name -> Collections.binarySearch(names, Path.of(name), FileWalk.BY_NAME) >= 0);
    }

    private void enter(Folder folder, List<String> path, Predicate<String> mayHave) throws InterruptedException {
        try {
            rules.enter(folder, path, mayHave);
        } catch (ClosedByInterruptException cancelled) {
            throw FileSearch.cancelled(folder.path());
        } catch (IOException failure) {
            unreadable(folder.path().resolve(".gitignore"), failure);
        }
    }

    @Override
    public void leave() {
        rules.leave();
    }

    @Override
    public boolean wants(FileWalk.Entry directory) {
        return !hidden(directory) && !rules.ignored(directory.path(), true) && !hidden.hides(directory);
    }

    @Override
    public boolean file(FileWalk.Entry file) throws IOException, InterruptedException {
        if (!file.attributes().isRegularFile() || !query.filter().accepts(file.path(), start)) {
            return true;
        }
        boolean passedOver = hidden(file) || rules.ignored(file.path(), false);
        if (passedOver && !query.filter().asksFor(file.path(), start)) {
            return true;
        }
        if (hidden.hides(file)) {
            return true;
        }
        crew.add(file, report.wantedRows());
        return !walk.outOfTime() && more;
    }

    @Override
    public void unreadable(Path place, IOException reason) {
        crew.add(FileSearch.Found.failed(place, reason, query));
    }

    /** Takes what one file gave, in the order of the walk; false when further files can change nothing. */
    private boolean take(FileSearch.Found found) {
        String path = found.file().toString();
        cutLines += found.cutLines();
        IOException failure = found.failure();
        if (failure != null) {
            walk.unreadable(found.file(), failure);
            return more;
        }
        switch (found.outcome()) {
            case SEARCHED -> more = report.add(path, found.modified(), found.hits());
            case TOO_LARGE -> tooLarge++;
            case BINARY -> binary(path, found);
        }
        return more;
    }

    /** Passed over without a word, as everyone expects of a search through text, unless something of it was shown already. */
    private void binary(String path, FileSearch.Found found) {
        if (query.mode() == GrepQuery.Mode.CONTENT && found.hits().count() > 0) {
            more = report.add(path, found.modified(), found.hits());
            report.note("[" + path + " turned out to be binary further on and was searched only up to there.]");
        }
    }

    /** The rules above the start count too, unless they ignore the start itself: then it was asked for by name. */
    private void enterAncestors(Workspace workspace, Path top, List<String> names)
            throws IOException, InterruptedException {
        Path at = top;
        for (int i = 0; i < names.size(); i++) {
            try (Folder folder = workspace.open(at)) {
                enter(folder, names.subList(0, i), name -> true);
            }
            if (rules.ignored(names.subList(0, i + 1), true)) {
                rules.clear();
            }
            at = at.resolve(names.get(i));
        }
    }

    private static boolean hidden(FileWalk.Entry entry) {
        return entry.name().toString().startsWith(".");
    }
}
