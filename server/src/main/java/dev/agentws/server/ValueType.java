package dev.agentws.server;

/**
 * How the text of a setting becomes a value. Implementations are immutable.
 *
 * @param <T> the type of the value
 * @param label stands for the value in the help text, in capitals
 * @param expected what an acceptable text looks like, for errors and documentation
 * @param parser turns stripped text into the value
 */
record ValueType<T>(String label, String expected, Parser<T> parser) {

    /** Turns text into a value. */
    interface Parser<T> {
        /**
         * The value of {@code text}.
         *
         * @throws IllegalArgumentException if the text is not acceptable; a message, if there is one, is shown in the place of
         *     {@link ValueType#expected()}
         */
        T parse(String text, Place place);
    }

    boolean isFlagWithoutValue() {
        return label.equals(Values.BOOLEAN_LABEL);
    }
}
