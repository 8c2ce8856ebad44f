package dev.agentws.server;

import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One row of the table of settings, from which the environment, {@code .env}, the flags, the help text and the check of the
 * documentation all come. Immutable.
 *
 * @param <T> the type of the value
 * @param names the names in the environment; the first is the main one and wins over the others of the same source
 * @param fallback the text that stands in when nothing is set, or null for none
 * @param fallbackWords the default in words, for the reader
 * @param type how text becomes a value
 * @param secrecy whether the value may be shown and given as a flag
 * @param meaning one sentence for the help text and the documentation
 */
record Setting<T>(
        List<String> names,
        @Nullable String fallback,
        String fallbackWords,
        ValueType<T> type,
        Secrecy secrecy,
        String meaning) {
    static final String PREFIX = "AGENT_SERVER_";

    /** Who may see the value. */
    enum Secrecy {
        OPEN,
        /** Never shown and never a flag: command lines are visible to every user of the machine. */
        SECRET,
        /** May be a flag, but is never shown, because a password can be part of it. */
        MASKED
    }

    static <T> Setting<T> of(String name, String fallback, ValueType<T> type, String meaning) {
        return new Setting<>(List.of(name), fallback, fallback, type, Secrecy.OPEN, meaning);
    }

    /** A setting without a default text; {@code words} says what happens then. */
    static <T> Setting<T> optional(String name, String words, ValueType<T> type, String meaning) {
        return new Setting<>(List.of(name), null, words, type, Secrecy.OPEN, meaning);
    }

    Setting<T> or(String name) {
        return new Setting<>(
                Stream.concat(names.stream(), Stream.of(name)).toList(),
                fallback,
                fallbackWords,
                type,
                secrecy,
                meaning);
    }

    Setting<T> as(Secrecy changed) {
        return new Setting<>(names, fallback, fallbackWords, type, changed, meaning);
    }

    String name() {
        return names.get(0);
    }

    /** The flags of this setting, the main one first; none if it is a secret. */
    List<String> flags() {
        return secrecy == Secrecy.SECRET
                ? List.of()
                : names.stream().map(Setting::flagOf).distinct().toList();
    }

    String shown(String value) {
        return secrecy == Secrecy.OPEN ? value : Secret.MASK;
    }

    static String flagOf(String name) {
        String bare = name.startsWith(PREFIX) ? name.substring(PREFIX.length()) : name;
        return "--" + bare.toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
