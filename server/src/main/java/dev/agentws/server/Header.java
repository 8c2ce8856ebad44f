package dev.agentws.server;

import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * One header that goes upstream with every request. Immutable.
 *
 * @param name the field name
 * @param value the field value; it may be a credential, so it is masked in text
 */
public record Header(String name, Secret value) {
    /** Headers that frame the message or the connection: setting them from outside would break every request. */
    private static final Set<String> OURS =
            Set.of("host", "content-length", "transfer-encoding", "connection", "upgrade", "te", "trailer", "expect");

    static ValueType<List<Header>> list() {
        return new ValueType<>("HEADERS", "lines of the form Name: value", (text, place) -> text.lines()
                .map(String::strip)
                .filter(line -> !line.isEmpty())
                .map(Header::parse)
                .toList());
    }

    private static Header parse(String line) {
        int colon = line.indexOf(':');
        String name = colon < 0 ? "" : line.substring(0, colon).strip();
        String value = line.substring(colon + 1).strip();
        if (!name.matches("[A-Za-z0-9!#$%&'*+.^_`|~-]+") || !value.matches("[\\x20-\\x7e\\t]*")) {
            throw new IllegalArgumentException();
        }
        if (OURS.contains(name.toLowerCase(Locale.ROOT))) {
            throw new IllegalArgumentException("no header that frames the request, such as " + name);
        }
        return new Header(name, new Secret(value));
    }
}
