package dev.agentws.server;

import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** A wrong command line in one line. It repeats names of flags, never their values: one may be a key put there by mistake. */
final class Misuse {
    private Misuse() {}

    static String describe(ParameterException misuse) {
        if (misuse instanceof UnmatchedArgumentException unmatched) {
            return unknown(unmatched.getUnmatched().get(0), unmatched.getCommandLine());
        }
        String line = String.valueOf(misuse.getMessage()).lines().findFirst().orElse("");
        return BadSetting.printable(line) + " (see --help)";
    }

    private static String unknown(String argument, CommandLine command) {
        String name = argument.startsWith("-") ? argument.split("=", 2)[0] : argument;
        for (Setting<?> setting : SettingsTable.ALL) {
            if (setting.flags().isEmpty() && Setting.flagOf(setting.name()).equals(name)) {
                return name + ": is not a flag, because other users can read a command line; set " + setting.name()
                        + " in the environment or in .env";
            }
        }
        boolean isFlag = name.startsWith("-");
        List<String> known = List.copyOf(
                isFlag
                        ? command.getCommandSpec().optionsMap().keySet()
                        : command.getSubcommands().keySet());
        String hint = Spelling.nearest(name, known)
                .map(near -> "did you mean " + near + "?; ")
                .orElse("");
        return (isFlag ? "unknown flag " : "unknown command ") + BadSetting.printable(name) + " (" + hint
                + "see --help)";
    }
}
