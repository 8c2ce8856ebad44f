package dev.agentws.journal.files;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Goes through the logs a crash left, the oldest first. What is cut short at the end of a file was never committed. Blocks. */
final class LogWalk {
    private final List<Path> files;

    LogWalk(List<Path> files) {
        this.files = files;
    }

    /** Sees what the logs have, in order. */
    interface Visitor {
        /**
         * @param offset where in the file the lines begin
         * @param lines the session's, with their line breaks; none when the line forgets the session
         */
        void visit(LogLine line, Path file, long offset, byte[] lines) throws IOException;
    }

    /** @return for each file that is not whole, where its whole part ends */
    Map<Path, Long> walk(Visitor visitor) throws IOException {
        Map<Path, Long> torn = new LinkedHashMap<>();
        for (Path file : files) {
            long whole = walk(file, visitor);
            if (whole < Files.size(file)) {
                torn.put(file, whole);
            }
        }
        return torn;
    }

    private static long walk(Path file, Visitor visitor) throws IOException {
        try (LineReader lines = new LineReader(file, Long.MAX_VALUE)) {
            long whole = 0;
            ByteArrayOutputStream group = new ByteArrayOutputStream();
            while (lines.next()) {
                LogLine line = LogLine.parse(lines.bytes(), lines.start(), lines.end());
                long offset = lines.behind();
                group.reset();
                if (line == null || !gather(lines, line.count(), group)) {
                    break;
                }
                visitor.visit(line, file, offset, group.toByteArray());
                whole = lines.behind();
            }
            return whole;
        }
    }

    private static boolean gather(LineReader lines, long count, ByteArrayOutputStream to) throws IOException {
        for (long i = 0; i < count; i++) {
            if (!lines.next() || !RecordLine.intact(lines.bytes(), lines.start(), lines.end())) {
                return false;
            }
            to.write(lines.bytes(), lines.start(), lines.end() + 1 - lines.start());
        }
        return true;
    }
}
