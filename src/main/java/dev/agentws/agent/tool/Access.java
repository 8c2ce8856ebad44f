package dev.agentws.agent.tool;

import java.nio.file.Path;
import java.util.List;

/**
 * What one planned call would do to the world, as permission rules and modes see it. Immutable.
 *
 * @param spots the files and directories it would read or edit; empty for the other kinds
 * @param subject the command line of {@link Kind#RUN}, the host of {@link Kind#FETCH}, empty for the other kinds
 * @param directory where a command would start; the working directory for the other kinds is of no interest, so it is empty there
 * @param fence what keeps a command inside the workspace, whatever it tries
 */
public record Access(Kind kind, List<Spot> spots, String subject, Path directory, Fence fence) {
    private static final Path NO_DIRECTORY = Path.of("");
    private static final Access NONE = new Access(Kind.NONE, List.of(), "", NO_DIRECTORY, Fence.OPEN);
    private static final Access OTHER = new Access(Kind.OTHER, List.of(), "", NO_DIRECTORY, Fence.OPEN);
    private static final Access PERSON = new Access(Kind.PERSON, List.of(), "", NO_DIRECTORY, Fence.OPEN);

    /** The kinds of access. */
    public enum Kind {
        /** Touches nothing: never asks. */
        NONE,
        /** Looks at files. */
        READ,
        /** Changes files. */
        EDIT,
        /** Runs a command. */
        RUN,
        /** Loads a page of the web. */
        FETCH,
        /** Anything else that wants permission, by the name of its tool. */
        OTHER,
        /** Is a question to a person, whatever rules and modes say. */
        PERSON
    }

    /** What the operating system does about a command. */
    public enum Fence {
        /** It keeps the command inside the workspace. */
        CONTAINED,
        /** Nothing, and the operator wants it so: the ordinary rules hold. */
        OPEN,
        /** Nothing, though the operator wants a fence: a command runs only by a person's yes or a rule for it. */
        UNCONTAINED
    }

    /**
     * A file or directory.
     *
     * @param shown absolute, as the model knows it
     * @param real absolute, links resolved; what does not exist yet is appended as it was given
     * @param inside whether it lies in the working directory or one of the session's other directories
     */
    public record Spot(Path shown, Path real, boolean inside) {}

    public Access {
        spots = List.copyOf(spots);
    }

    public static Access none() {
        return NONE;
    }

    public static Access read(Spot... spots) {
        return new Access(Kind.READ, List.of(spots), "", NO_DIRECTORY, Fence.OPEN);
    }

    public static Access edit(Spot... spots) {
        return new Access(Kind.EDIT, List.of(spots), "", NO_DIRECTORY, Fence.OPEN);
    }

    public static Access run(String command, Path directory, Fence fence) {
        return new Access(Kind.RUN, List.of(), command, directory, fence);
    }

    public static Access fetch(String host) {
        return new Access(Kind.FETCH, List.of(), host, NO_DIRECTORY, Fence.OPEN);
    }

    public static Access other() {
        return OTHER;
    }

    public static Access person() {
        return PERSON;
    }
}
