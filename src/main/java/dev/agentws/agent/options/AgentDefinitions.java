package dev.agentws.agent.options;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The agents a project describes in {@code .claude/agents}. A file that is wrong is reported beside the good ones, so that one slip
 * does not take all agents away. Immutable.
 *
 * @param agents the good ones, by name
 * @param problems one line per file that was left out, each naming the file and what was expected
 */
public record AgentDefinitions(Map<String, AgentDefinition> agents, List<String> problems) {
    static final int MAX_FILES = 200;
    static final int MAX_FILE_BYTES = 256 * 1024;

    public AgentDefinitions {
        agents = Map.copyOf(agents);
        problems = List.copyOf(problems);
    }

    /**
     * Reads the definitions of the project in {@code directory}; none if it describes no agents. Blocks on the disk, so it is called on
     * a worker, never on an event loop. Never throws: what cannot be read is a problem of the result.
     */
    public static AgentDefinitions read(Path directory) {
        Path folder = directory.resolve(".claude").resolve("agents");
        Reading reading = new Reading();
        if (Files.isDirectory(folder)) {
            reading.folder(folder);
        }
        return new AgentDefinitions(reading.agents, reading.problems);
    }

    /** The agents in the order of their names. */
    public List<AgentDefinition> sorted() {
        return List.copyOf(new TreeMap<>(agents).values());
    }

    /** The agent of this name, if the project describes it. */
    public Optional<AgentDefinition> find(String name) {
        return Optional.ofNullable(agents.get(name));
    }

    /** One pass over a folder. Confined to the calling thread. */
    private static final class Reading {
        private final Map<String, AgentDefinition> agents = new TreeMap<>();
        private final List<String> problems = new ArrayList<>();

        void folder(Path folder) {
            try {
                Path root = folder.toRealPath();
                List<Path> files = files(folder);
                if (files.size() > MAX_FILES) {
                    problems.add(folder + ": more than " + MAX_FILES + " files (expected: at most " + MAX_FILES
                            + "), the rest is left out");
                }
                files.stream().limit(MAX_FILES).forEach(file -> file(root, file));
            } catch (IOException | DirectoryIteratorException e) {
                problems.add(folder + ": cannot be read (" + e.getMessage() + ")");
            }
        }

        /** In the order of their names, so that the same files always give the same agents; one more than allowed at most. */
        private static List<Path> files(Path folder) throws IOException {
            List<Path> files = new ArrayList<>();
            try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder, "*.md")) {
                for (Path entry : entries) {
                    files.add(entry);
                    if (files.size() > MAX_FILES) {
                        break;
                    }
                }
            }
            return files.stream().sorted().toList();
        }

        private void file(Path root, Path file) {
            try {
                Path real = file.toRealPath();
                if (!real.startsWith(root)) {
                    problems.add(file + ": leads out of the folder (expected: a file in " + root + ")");
                } else if (!Files.isRegularFile(real)) {
                    problems.add(file + ": not a file");
                } else {
                    add(file, FrontMatter.parse(text(real)));
                }
            } catch (CharacterCodingException e) {
                problems.add(file + ": not a text (expected: UTF-8)");
            } catch (IOException e) {
                problems.add(file + ": cannot be read (" + e.getMessage() + ")");
            } catch (IllegalArgumentException e) {
                problems.add(file + ": " + e.getMessage());
            }
        }

        private void add(Path file, FrontMatter parts) {
            String fileName = String.valueOf(file.getFileName());
            String byFile = fileName.substring(0, fileName.length() - ".md".length());
            AgentDefinition agent = parts.agent(byFile);
            if (agents.containsKey(agent.name())) {
                problems.add(file + ": name: " + agent.name() + " (expected: a name that no other file has)");
            } else {
                agents.put(agent.name(), agent);
            }
        }

        private static String text(Path file) throws IOException {
            byte[] bytes;
            try (InputStream in = Files.newInputStream(file)) {
                bytes = in.readNBytes(MAX_FILE_BYTES + 1);
            }
            if (bytes.length > MAX_FILE_BYTES) {
                throw new IllegalArgumentException("longer than " + MAX_FILE_BYTES + " bytes");
            }
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        }
    }
}
