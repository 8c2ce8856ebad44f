package dev.agentws.client;

import org.jspecify.annotations.Nullable;

/** The server refused something, or cannot be reached any more. The message is one line for a person. */
public final class ClientException extends Exception {
    private static final long serialVersionUID = 1;

    /** No server answered at the address. */
    public static final String UNREACHABLE = "unreachable";

    /** What answers at the address does not speak our WebSocket there, or not now: a wrong path, another server, one that drains. */
    public static final String NOT_UPGRADED = "not_upgraded";

    private final String code;

    /** @param code of the protocol's {@code error} frame, or {@link #UNREACHABLE}, {@link #NOT_UPGRADED}, or {@code closed} */
    public ClientException(String code, String message) {
        this(code, message, null);
    }

    ClientException(String code, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.code = code;
    }

    /** What went wrong, for programs. */
    public String code() {
        return code;
    }
}
