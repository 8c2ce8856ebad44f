package dev.agentws.tools.search;

import dev.agentws.tools.files.Folder;
import dev.agentws.tools.files.Workspace;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Predicate;

/** Chooses the files of a tree as ripgrep does and searches them. Confined to one call. */
final class GrepWalk implements FileWalk.Visitor {
    private final GrepQuery query;
    private final GrepReport report;
    private final FileWalk walk;
    private final TextSearch search;
    private final IgnoreRules rules = new IgnoreRules();
    private int start;
    private int tooLarge;
    private boolean more = true;

    GrepWalk(GrepQuery query, GrepReport report, FileWalk walk) {
        this.query = query;
        this.report = report;
        this.walk = walk;
        search = new TextSearch(query, new SearchWatch(walk));
    }

    void searchTree(Workspace workspace, Path directory) throws IOException, InterruptedException {
        List<String> names = GlobTool.names(workspace.top(directory), directory);
        start = names.size();
        enterAncestors(workspace, workspace.top(directory), names);
        try (Folder folder = workspace.open(directory)) {
            walk.walk(folder, names, this);
        }
    }

    /** A file that was named by the call: neither hidden nor ignored counts. */
    void searchFile(Folder folder, Path name) throws IOException, InterruptedException {
        BasicFileAttributes attributes = folder.attributes(name);
        FileWalk.Entry entry = new FileWalk.Entry(folder, name, attributes, List.of(name.toString()));
        if (look(entry, true) == TextSearch.Outcome.BINARY) {
            report.note("[" + entry.full() + " is a binary file and was not searched.]");
        }
    }

    List<String> notes() {
        List<String> notes = new ArrayList<>(walk.notes());
        if (search.cutLines() > 0) {
            notes.add("[" + search.cutLines() + " lines were searched only in their first " + TextWindow.MAX_LINE_BYTES
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
        return !hidden(directory) && !rules.ignored(directory.path(), true);
    }

    @Override
    public boolean file(FileWalk.Entry file) throws InterruptedException {
        if (!file.attributes().isRegularFile() || !query.filter().accepts(file.path(), start)) {
            return true;
        }
        boolean passedOver = hidden(file) || rules.ignored(file.path(), false);
        if (passedOver && !query.filter().asksFor(file.path(), start)) {
            return true;
        }
        try {
            look(file, false);
        } catch (IOException failure) {
            unreadable(file.full(), failure);
        }
        return !walk.outOfTime() && more;
    }

    private TextSearch.Outcome look(FileWalk.Entry file, boolean named) throws IOException, InterruptedException {
        String path = file.full().toString();
        FileHits hits = new FileHits(path, query, report.wantedRows());
        try {
            BasicFileAttributes attributes = file.attributes();
            SeekableByteChannel channel = file.folder().read(file.name(), attributes);
            TextSearch.Outcome outcome = search.search(channel, attributes.size(), named, hits);
            switch (outcome) {
                case SEARCHED -> more = report.add(path, attributes.lastModifiedTime(), hits);
                case TOO_LARGE -> tooLarge++;
                case BINARY -> binary(path, attributes, hits);
            }
            return outcome;
        } catch (SearchWatch.Stopped stopped) {
            if (Thread.interrupted()) {
                throw new InterruptedException("cancelled while searching " + path);
            }
            // The walk says so in its notes; what this file gave until then still counts.
            report.add(path, file.attributes().lastModifiedTime(), hits);
            return TextSearch.Outcome.SEARCHED;
        }
    }

    /** Passed over without a word, as everyone expects of a search through text, unless something of it was shown already. */
    private void binary(String path, BasicFileAttributes attributes, FileHits hits) {
        if (query.mode() == GrepQuery.Mode.CONTENT && hits.count() > 0) {
            more = report.add(path, attributes.lastModifiedTime(), hits);
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

    private void unreadable(Path file, IOException failure) throws InterruptedException {
        if (failure instanceof ClosedByInterruptException) {
            Thread.interrupted();
            throw new InterruptedException("cancelled while searching " + file);
        }
        walk.unreadable(file, failure);
    }

    private static boolean hidden(FileWalk.Entry entry) {
        return entry.name().toString().startsWith(".");
    }
}
