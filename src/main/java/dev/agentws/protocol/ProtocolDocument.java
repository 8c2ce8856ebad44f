package dev.agentws.protocol;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/** The protocol as an AsyncAPI 3 document, with the JSON Schema of every message among its components. */
public final class ProtocolDocument {
    private static final String FILE = "asyncapi.json";

    private ProtocolDocument() {}

    /** The document in UTF-8. Reads it from the jar at each call, so not for event loops. */
    public static byte[] json() {
        try (InputStream in = ProtocolDocument.class.getResourceAsStream(FILE)) {
            if (in == null) {
                throw new IllegalStateException(FILE + ": missing (expected: beside the classes)");
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
