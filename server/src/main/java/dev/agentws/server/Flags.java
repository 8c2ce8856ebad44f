package dev.agentws.server;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.UsageMessageSpec;
import picocli.CommandLine.ParseResult;

/** The command line as the table of settings shapes it. */
final class Flags {
    private static final int WIDTH = 110;

    private Flags() {}

    /** The command that starts the server. */
    static CommandSpec command(Callable<Integer> action, IVersionProvider version) {
        CommandSpec command = CommandSpec.wrapWithoutInspection(action);
        command.name("agentws").versionProvider(version).mixinStandardHelpOptions(true);
        for (Setting<?> setting : SettingsTable.ALL) {
            if (!setting.flags().isEmpty()) {
                command.addOption(option(setting));
            }
        }
        describe(command.usageMessage());
        return command;
    }

    /** The values that were given, by the main name of their setting. */
    static Map<String, String> values(ParseResult parsed) {
        Map<String, String> values = new HashMap<>();
        for (Setting<?> setting : SettingsTable.ALL) {
            if (!setting.flags().isEmpty()
                    && parsed.hasMatchedOption(setting.flags().get(0))) {
                String value = parsed.matchedOptionValue(setting.flags().get(0), "");
                values.put(setting.name(), value);
            }
        }
        return values;
    }

    private static OptionSpec option(Setting<?> setting) {
        OptionSpec.Builder option = OptionSpec.builder(setting.flags().toArray(String[]::new))
                .type(String.class)
                .paramLabel(setting.type().label())
                .description(escape(setting.meaning() + ". Default: " + setting.fallbackWords()
                        + ". In the environment: " + String.join(", ", setting.names())));
        return setting.type().isFlagWithoutValue()
                ? option.arity("0..1").fallbackValue("true").build()
                : option.arity("1").build();
    }

    private static void describe(UsageMessageSpec usage) {
        List<Setting<?>> secrets = SettingsTable.ALL.stream()
                .filter(setting -> setting.flags().isEmpty())
                .toList();
        String environmentOnly = secrets.stream()
                .map(setting -> "  " + setting.name() + ": " + setting.meaning())
                .collect(Collectors.joining("%n"));
        usage.width(WIDTH)
                .sortOptions(false)
                .abbreviateSynopsis(true)
                .description("Claude agent server: WebSocket clients in, the Messages API out.%n")
                .footer(
                        "%nOnly in the environment or in .env, because other users can read a command line:",
                        environmentOnly,
                        "%nA flag beats the environment beats the file .env in the working directory.");
    }

    /** Picocli formats descriptions. */
    private static String escape(String text) {
        return text.replace("%", "%%");
    }
}
