package dev.agentws.agent.options;

import dev.agentws.agent.options.SessionOptions.Invalid;

/** What may be the name of a model. Which models there are only the upstream knows. */
public final class ModelName {
    private static final int MAX_LENGTH = 256;

    private ModelName() {}

    /**
     * A name as it is to be used.
     *
     * @throws Invalid if it is blank, too long or not text of one line
     */
    public static String checked(String name) throws Invalid {
        if (name.isBlank()) {
            throw new Invalid("model: blank (expected: a model id, or null for the server's)");
        }
        if (name.length() > MAX_LENGTH) {
            throw new Invalid(
                    "model: " + name.length() + " characters (expected: a model id of at most " + MAX_LENGTH + ")");
        }
        for (int i = 0; i < name.length(); i++) {
            char each = name.charAt(i);
            if (Character.isISOControl(each) || Character.isSurrogate(each)) {
                throw new Invalid(String.format(
                        "model: has U+%04X at %d (expected: a model id of printable characters)", (int) each, i));
            }
        }
        return name;
    }
}
