package dev.agentws.server;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** The kinds of value a setting can have. */
final class Values {
    static final String BOOLEAN_LABEL = "true|false";

    private Values() {}

    static ValueType<Boolean> bool() {
        return new ValueType<>(BOOLEAN_LABEL, "true or false", (text, place) -> switch (text.toLowerCase(Locale.ROOT)) {
            case "true", "1", "yes", "on" -> true;
            case "false", "0", "no", "off" -> false;
            default -> throw new IllegalArgumentException();
        });
    }

    static ValueType<Integer> integer(int least, int most) {
        return new ValueType<>("NUMBER", "a whole number from " + least + " to " + most, (text, place) -> {
            int value = Integer.parseInt(text);
            if (value < least || value > most) {
                throw new IllegalArgumentException();
            }
            return value;
        });
    }

    static ValueType<Duration> seconds(int least, int most) {
        ValueType<Integer> number = integer(least, most);
        return new ValueType<>(
                "SECONDS",
                "whole seconds from " + least + " to " + most,
                (text, place) -> Duration.ofSeconds(parse(number, text, place)));
    }

    /** Seconds, or {@code off} for never. */
    static ValueType<Optional<Duration>> secondsOrOff(int most) {
        ValueType<Integer> number = integer(0, most);
        return new ValueType<>(
                "SECONDS|off",
                "whole seconds from 0 to " + most + ", or off",
                (text, place) -> text.equalsIgnoreCase("off")
                        ? Optional.empty()
                        : Optional.of(Duration.ofSeconds(parse(number, text, place))));
    }

    static ValueType<Duration> millis(int least, int most) {
        ValueType<Integer> number = integer(least, most);
        return new ValueType<>(
                "MS",
                "whole milliseconds from " + least + " to " + most,
                (text, place) -> Duration.ofMillis(parse(number, text, place)));
    }

    /** One of a few words; {@code words} gives the value of each, in the order they are listed to the user. */
    static <T> ValueType<T> oneOf(Map<String, T> words) {
        String list = String.join(", ", words.keySet());
        return new ValueType<>(String.join("|", words.keySet()), "one of " + list, (text, place) -> {
            T value = words.get(text.toLowerCase(Locale.ROOT));
            if (value == null) {
                throw new IllegalArgumentException();
            }
            return value;
        });
    }

    /** The constants of an enum by {@code word}, in order, for {@link #oneOf}. */
    static <E extends Enum<E>> Map<String, E> words(E[] constants, Function<E, String> word) {
        Map<String, E> words = new LinkedHashMap<>();
        for (E constant : constants) {
            words.put(word.apply(constant), constant);
        }
        return words;
    }

    static ValueType<String> host() {
        return new ValueType<>("HOST", "a host name or IP address without a port", (text, place) -> {
            String bare = text.startsWith("[") && text.endsWith("]") ? text.substring(1, text.length() - 1) : text;
            if (!bare.matches("[A-Za-z0-9._:%-]{1,255}")
                    || (bare.indexOf(':') >= 0 && bare.indexOf(':') == bare.lastIndexOf(':'))) {
                throw new IllegalArgumentException();
            }
            return bare;
        });
    }

    static ValueType<String> word() {
        return new ValueType<>("NAME", "printable characters without white space", (text, place) -> {
            if (!text.matches("[\\x21-\\x7e]{1,200}")) {
                throw new IllegalArgumentException();
            }
            return text;
        });
    }

    static ValueType<Secret> secret() {
        return new ValueType<>("SECRET", "printable ASCII characters without white space", (text, place) -> {
            if (!text.matches("[\\x21-\\x7e]+")) {
                throw new IllegalArgumentException();
            }
            return new Secret(text);
        });
    }

    /** A file that may or may not exist. */
    static ValueType<Path> file() {
        return new ValueType<>("PATH", "the path of a file", (text, place) -> {
            Path path = place.resolve(text);
            if (Files.isDirectory(path)) {
                throw new IllegalArgumentException("the path of a file, but this is a directory");
            }
            return path;
        });
    }

    static ValueType<Path> readableFile() {
        return new ValueType<>("PATH", "the path of a readable file", (text, place) -> {
            Path path = place.resolve(text);
            if (!Files.isRegularFile(path) || !Files.isReadable(path)) {
                throw new IllegalArgumentException();
            }
            return path;
        });
    }

    static ValueType<Path> directory() {
        return new ValueType<>("DIR", "an existing directory", (text, place) -> existingDirectory(text, place));
    }

    /** Where {@code auto} leads. */
    static final String USUAL_DATA = "~/.claude/agentws";

    /** A directory that is made when it is not there yet. */
    static ValueType<Optional<Path>> directoryOrNone() {
        return new ValueType<>("DIR", "a directory, or nothing yet; or none or auto", (text, place) -> {
            if (text.equals("none")) {
                return Optional.empty();
            }
            Path path = place.resolve(text.equals("auto") ? USUAL_DATA : text);
            if (Files.exists(path) && !Files.isDirectory(path)) {
                throw new IllegalArgumentException();
            }
            return Optional.of(path);
        });
    }

    static ValueType<List<Path>> directories() {
        return new ValueType<>(
                "DIR,DIR", "existing directories with commas between them", (text, place) -> items(text).stream()
                        .map(item -> existingDirectory(item, place))
                        .toList());
    }

    static ValueType<Set<String>> origins() {
        return new ValueType<>(
                "ORIGIN,ORIGIN",
                "origins such as https://app.example.com with commas between them, or *",
                (text, place) -> {
                    Set<String> origins = new LinkedHashSet<>();
                    items(text).forEach(item -> origins.add(item.equals("*") ? item : origin(item)));
                    return Set.copyOf(origins);
                });
    }

    static ValueType<List<String>> list() {
        return new ValueType<>("HOST,HOST", "names with commas between them", (text, place) -> items(text));
    }

    /** May hold a password. */
    static ValueType<Secret> redisAddress() {
        return new ValueType<>(
                "URL", "redis://[[user:]password@]host[:port][/database], or rediss:// for TLS", (text, place) -> {
                    try {
                        URI uri = new URI(text);
                        boolean redis = "redis".equals(uri.getScheme()) || "rediss".equals(uri.getScheme());
                        if (redis && uri.getHost() != null) {
                            return new Secret(text);
                        }
                    } catch (URISyntaxException e) {
                        // Its text would show the password.
                    }
                    throw new IllegalArgumentException();
                });
    }

    static ValueType<URI> webAddress() {
        return new ValueType<>(
                "URL", "an http:// or https:// URL without a query, a fragment or a password", (text, place) -> {
                    URI uri = URI.create(text);
                    requireWeb(uri);
                    if (uri.getRawUserInfo() != null || uri.getRawQuery() != null || uri.getRawFragment() != null) {
                        throw new IllegalArgumentException();
                    }
                    return uri;
                });
    }

    static <T> T parse(ValueType<T> type, String text, Place place) {
        return type.parser().parse(text, place);
    }

    static void requireWeb(URI uri) {
        String scheme = uri.getScheme();
        boolean web = "http".equalsIgnoreCase(scheme) || "https".equalsIgnoreCase(scheme);
        if (!web || uri.getHost() == null || uri.getPort() > 65_535 || uri.getPort() == 0) {
            throw new IllegalArgumentException();
        }
    }

    /** The canonical form of an origin: lower case, and no port where it is the scheme's own, as browsers send it. */
    private static String origin(String text) {
        URI uri = URI.create(text);
        requireWeb(uri);
        boolean bare = uri.getRawPath().isEmpty()
                && uri.getRawQuery() == null
                && uri.getRawFragment() == null
                && uri.getRawUserInfo() == null;
        if (!bare) {
            throw new IllegalArgumentException(
                    "scheme://host or scheme://host:port with nothing after it, but one is " + text);
        }
        String scheme = uri.getScheme().toLowerCase(Locale.ROOT);
        int standard = scheme.equals("https") ? 443 : 80;
        String port = uri.getPort() < 0 || uri.getPort() == standard ? "" : ":" + uri.getPort();
        return scheme + "://" + uri.getHost().toLowerCase(Locale.ROOT) + port;
    }

    private static Path existingDirectory(String text, Place place) {
        Path path = place.resolve(text);
        if (!Files.isDirectory(path)) {
            throw new IllegalArgumentException("an existing directory, but " + path + " is none");
        }
        return path;
    }

    private static List<String> items(String text) {
        return Arrays.stream(text.split(","))
                .map(String::strip)
                .filter(item -> !item.isEmpty())
                .toList();
    }
}
