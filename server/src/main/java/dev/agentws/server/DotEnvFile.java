package dev.agentws.server;

import io.github.cdimascio.dotenv.Dotenv;
import io.github.cdimascio.dotenv.DotenvEntry;
import io.github.cdimascio.dotenv.DotenvException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The file {@code .env} of the working directory. */
final class DotEnvFile {
    static final String NAME = ".env";

    private DotEnvFile() {}

    /** Its values by name; none if there is no such file. Blocks on the file. */
    static Map<String, String> read(Path directory) throws BadSetting {
        Path file = directory.resolve(NAME);
        if (!Files.exists(file)) {
            return Map.of();
        }
        if (!Files.isRegularFile(file) || !Files.isReadable(file)) {
            throw new BadSetting(file
                    + ": cannot be read (expected: a file of lines NAME=value; mend its permissions or remove it)");
        }
        try {
            Dotenv dotenv = Dotenv.configure()
                    .directory(directory.toString())
                    .filename(NAME)
                    .load();
            Map<String, String> values = new HashMap<>();
            for (DotenvEntry entry : dotenv.entries(Dotenv.Filter.DECLARED_IN_ENV_FILE)) {
                values.put(entry.getKey(), withoutSingleQuotes(entry.getValue()));
            }
            return values;
        } catch (DotenvException e) {
            // The message quotes the line, which may hold a key.
            throw new BadSetting(file + ": " + place(file, String.valueOf(e.getMessage()))
                    + " is not of the form NAME=value (expected: such lines, empty ones and # comments)");
        }
    }

    /** Where the line is that the library complains of by quoting it. */
    private static String place(Path file, String complaint) {
        try {
            List<String> lines = Files.readAllLines(file);
            for (int i = 0; i < lines.size(); i++) {
                String line = lines.get(i).strip();
                if (!line.isEmpty() && complaint.strip().endsWith(line)) {
                    return "line " + (i + 1);
                }
            }
        } catch (IOException e) {
            // It was there a moment ago; what is wrong with it is said all the same.
        }
        return "a line";
    }

    /** The library takes only double quotes away, shells and people use both. */
    private static String withoutSingleQuotes(String value) {
        boolean quoted = value.length() >= 2 && value.startsWith("'") && value.endsWith("'");
        return quoted ? value.substring(1, value.length() - 1) : value;
    }
}
