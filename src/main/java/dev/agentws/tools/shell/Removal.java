package dev.agentws.tools.shell;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Removes a directory with all that commands may have put there. Follows no links. */
final class Removal {
    private static final long PROGRAM_SECONDS = 60;

    private Removal() {}

    /** @throws IOException when something is left */
    static void of(Path directory) throws IOException {
        try {
            Files.walkFileTree(directory, new Remover());
        } catch (IOException odd) {
            // Directories that even their owner may not look into, and paths longer than the system takes.
            byProgram(directory);
            if (Files.exists(directory, LinkOption.NOFOLLOW_LINKS)) {
                throw odd;
            }
        }
    }

    private static void byProgram(Path directory) throws IOException {
        String path = ShellScript.quoted(directory.toString());
        ProcessBuilder builder =
                new ProcessBuilder("/bin/sh", "-c", "chmod -R u+rwX " + path + "; exec rm -rf " + path);
        builder.environment().clear();
        builder.environment().put("PATH", "/usr/bin:/bin");
        Process process = builder.redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        try {
            if (!process.waitFor(PROGRAM_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException stopped) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }

    private static final class Remover extends SimpleFileVisitor<Path> {
        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
            Files.delete(file);
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException failure) throws IOException {
            if (failure != null) {
                throw failure;
            }
            Files.delete(directory);
            return FileVisitResult.CONTINUE;
        }
    }
}
