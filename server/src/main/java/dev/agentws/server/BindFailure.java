package dev.agentws.server;

import java.io.IOException;
import java.net.UnknownHostException;
import java.nio.channels.UnresolvedAddressException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Says in one line why an address could not be listened on, and what to do. */
final class BindFailure {
    private BindFailure() {}

    static String describe(String host, int port, IOException failure) {
        String text = allMessages(failure).toLowerCase(Locale.ROOT);
        String what = "cannot listen on " + WebAddress.authority(host, port) + ": ";
        if (text.contains("in use")) {
            return what
                    + "the port is in use; stop the program that uses it or choose another with --port (0 = any free one)";
        }
        if (text.contains("permission denied")) {
            return what + "permission denied; choose a port above 1023 with --port";
        }
        if (isUnknownHost(failure)) {
            return what + "the host name is unknown; choose another with --host (127.0.0.1 = this machine only)";
        }
        if (text.contains("cannot assign")) {
            return what
                    + "this machine has no such address; choose another with --host (127.0.0.1 = this machine only)";
        }
        return what + BadSetting.printable(String.valueOf(failure.getMessage()));
    }

    private static boolean isUnknownHost(@Nullable Throwable failure) {
        for (Throwable t = failure; t != null; t = t.getCause()) {
            if (t instanceof UnknownHostException || t instanceof UnresolvedAddressException) {
                return true;
            }
        }
        return false;
    }

    private static String allMessages(@Nullable Throwable failure) {
        StringBuilder all = new StringBuilder();
        for (Throwable t = failure; t != null; t = t.getCause()) {
            all.append(t.getMessage()).append(' ');
        }
        return all.toString();
    }
}
