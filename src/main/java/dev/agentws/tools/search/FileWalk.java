package dev.agentws.tools.search;

import dev.agentws.tools.files.Folder;
import java.io.IOException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * Walks through a directory in the order of names, through open handles and without following links, within limits. What it could
 * not look at is told in {@link #notes}. Confined to one thread.
 */
final class FileWalk {
    /**
     * A file or directory that was met.
     *
     * @param path its names from the working directory on; valid during the call only
     */
    record Entry(Folder folder, Path name, BasicFileAttributes attributes, List<String> path) {
        Path full() {
            return folder.path().resolve(name);
        }
    }

    /** What is done on the way. */
    interface Visitor {
        /** A directory was opened; {@code path} as in {@link Entry}, {@code names} what is in it, sorted. */
        void enter(Folder folder, List<String> path, List<Path> names) throws InterruptedException;

        /** Whether to go into the directory. */
        boolean wants(Entry directory);

        /** Anything else than a directory; false ends the walk. */
        boolean file(Entry file) throws IOException, InterruptedException;

        /** The directory last entered is done. */
        void leave();

        /** Something could not be looked at, or looked into; usually for {@link FileWalk#unreadable}. */
        void unreadable(Path place, IOException reason);
    }

    /** The order in which a directory's names come. */
    static final Comparator<Path> BY_NAME = Comparator.comparing(Path::toString);

    private static final int MAX_NOTED = 5;

    private final WalkBounds limits;
    private final LongSupplier nanoClock;
    private final long deadline;
    private final List<String> path = new ArrayList<>();
    private final List<String> unreadable = new ArrayList<>();
    private int unreadableCount;
    private int tooDeep;
    private int entries;
    private boolean stopped;
    /** Those who search files ask for it too, on threads of their own. */
    private volatile boolean outOfTime;

    private boolean outOfEntries;

    FileWalk(WalkBounds limits, LongSupplier nanoClock) {
        this.limits = limits;
        this.nanoClock = nanoClock;
        deadline = nanoClock.getAsLong() + limits.maxDuration().toNanos();
    }

    /** @param names the names of {@code start} from the working directory on */
    void walk(Folder start, List<String> names, Visitor visitor) throws IOException, InterruptedException {
        path.addAll(names);
        inside(start, visitor, 0);
    }

    /** Thread-safe, as long as the clock is. */
    boolean outOfTime() {
        if (!outOfTime && nanoClock.getAsLong() - deadline > 0) {
            outOfTime = true;
        }
        return outOfTime;
    }

    /** A file that could not be looked at. */
    void unreadable(Path file, IOException reason) {
        unreadableCount++;
        if (unreadable.size() < MAX_NOTED) {
            unreadable.add(file + " (" + reason.getClass().getSimpleName() + ")");
        }
    }

    /** One line for each reason why the answer may lack something. */
    List<String> notes() {
        List<String> notes = new ArrayList<>();
        if (outOfTime) {
            notes.add("[Stopped after " + limits.maxDuration().toMillis()
                    + " ms; the rest was not looked at. Narrow the path.]");
        }
        if (outOfEntries) {
            notes.add(
                    "[Stopped after " + limits.maxEntries() + " files; the rest was not looked at. Narrow the path.]");
        }
        if (tooDeep > 0) {
            notes.add("[" + tooDeep + " directories more than " + limits.maxDepth()
                    + " levels down were not looked into.]");
        }
        if (unreadableCount > 0) {
            String more = unreadableCount > unreadable.size() ? " and others" : "";
            notes.add("[" + unreadableCount + " could not be read: " + String.join(", ", unreadable) + more + "]");
        }
        return notes;
    }

    private void inside(Folder folder, Visitor visitor, int depth) throws IOException, InterruptedException {
        List<Path> names;
        try {
            names = folder.names();
        } catch (IOException failure) {
            visitor.unreadable(folder.path(), failure);
            return;
        }
        visitor.enter(folder, path, names);
        for (Path name : names) {
            if (stopped || !mayGoOn()) {
                break;
            }
            path.add(name.toString());
            one(folder, name, visitor, depth);
            path.remove(path.size() - 1);
        }
        visitor.leave();
    }

    private void one(Folder folder, Path name, Visitor visitor, int depth) throws IOException, InterruptedException {
        BasicFileAttributes attributes;
        try {
            attributes = folder.attributes(name);
        } catch (IOException gone) {
            visitor.unreadable(folder.path().resolve(name), gone);
            return;
        }
        Entry entry = new Entry(folder, name, attributes, path);
        if (!attributes.isDirectory()) {
            stopped |= !visitor.file(entry);
        } else if (visitor.wants(entry)) {
            descend(entry, visitor, depth);
        }
    }

    private void descend(Entry directory, Visitor visitor, int depth) throws IOException, InterruptedException {
        if (depth + 1 > limits.maxDepth()) {
            tooDeep++;
            return;
        }
        Folder child;
        try {
            child = directory.folder().child(directory.name());
        } catch (IOException closed) {
            visitor.unreadable(directory.full(), closed);
            return;
        }
        try (child) {
            inside(child, visitor, depth + 1);
        }
    }

    private boolean mayGoOn() throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException("cancelled while walking through files");
        }
        outOfEntries |= ++entries > limits.maxEntries();
        return !outOfEntries && !outOfTime();
    }
}
