package dev.agentws;

/** Which system interface moves the bytes, of the clients' connections and of those to the model alike. */
public enum SocketKind {
    /** The quickest that is safe: epoll on Linux, kqueue on macOS, the JDK's elsewhere and where the native library does not load. */
    AUTO,
    /** Linux. */
    EPOLL,
    /** The JDK's selectors; everywhere. */
    NIO,
    /** Linux, where the kernel allows it; fewer system calls than epoll, at more memory for each connection. */
    IO_URING,
    /** macOS and BSD. */
    KQUEUE
}
