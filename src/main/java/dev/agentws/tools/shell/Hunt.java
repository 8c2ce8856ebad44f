package dev.agentws.tools.shell;

/** Ends the processes of one command. Thread-safe; blocks. */
interface Hunt {
    /** Asks every process of the command to end. */
    void terminate();

    /** Ends every process of the command and returns when none is left. An interrupt is kept for later. */
    void kill();

    /** The same after the command has ended by itself, when less may be left to do. */
    void sweep();

    /** Ends whatever still holds the command's output open. */
    void killPipeHolders();
}
