package dev.agentws.server;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads the command lines that need no thought: flags of the server, each once, each with its value, in the form {@code --port=1} or
 * {@code --port 1}. For all others, wrong ones included, there is picocli; but to load it takes a quarter of the start.
 */
final class PlainFlags {
    private PlainFlags() {}

    /** The values by the main name of their setting, or null if this is not a plain command line. */
    static @Nullable Map<String, String> read(String... args) {
        Map<String, String> values = new HashMap<>();
        for (int i = 0; i < args.length; i++) {
            int equals = args[i].indexOf('=');
            Setting<?> setting = find(equals < 0 ? args[i] : args[i].substring(0, equals));
            if (setting == null) {
                return null;
            }
            String value = equals < 0 ? next(setting, args, ++i) : args[i].substring(equals + 1);
            // Quotes and the like are picocli's to understand.
            if (value == null || !value.matches("[A-Za-z0-9_./:,+~][A-Za-z0-9_./:,+~-]*")) {
                return null;
            }
            if (values.put(setting.name(), value) != null) {
                return null;
            }
        }
        return values;
    }

    private static @Nullable Setting<?> find(String flag) {
        for (Setting<?> setting : SettingsTable.ALL) {
            if (setting.flags().contains(flag)) {
                return setting;
            }
        }
        return null;
    }

    private static @Nullable String next(Setting<?> setting, String[] args, int at) {
        return setting.type().isFlagWithoutValue() || at >= args.length ? null : args[at];
    }
}
