package dev.agentws.journal.files;

/** What a commit is worth. */
public enum Durability {
    /** Handed to the operating system: survives the end of the process, and all but the last moments survive a power cut. */
    FAST,
    /** On the disk: survives a power cut. */
    STRICT
}
