package dev.agentws;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Why a server cannot start, other than that its port cannot be had. The message names the value and what was expected. */
public final class StartException extends IOException {
    private static final long serialVersionUID = 1L;

    StartException(@Nullable String message, Throwable cause) {
        super(message, cause);
    }
}
