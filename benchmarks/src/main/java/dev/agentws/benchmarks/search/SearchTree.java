package dev.agentws.benchmarks.search;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;

/** A tree of small source files, the same on every machine: about 2 KB each, 100 in a directory, one in 997 with the needle. */
final class SearchTree {
    static final String NEEDLE = "NeedleInHaystack found42";

    private static final int FILES_PER_FOLDER = 100;
    private static final int FOLDERS_PER_MODULE = 20;
    private static final String[] ENDINGS = {"java", "ts", "py", "md", "json"};
    private static final String[] WORDS = {
        "alpha", "return", "import", "class", "public", "static", "value", "index", "buffer", "stream", "session",
        "model", "token", "error", "string", "length", "final", "void", "null", "this"
    };

    private SearchTree() {}

    static void write(Path root, int files) throws IOException {
        Random random = new Random(7);
        Path folder = root;
        for (int i = 0; i < files; i++) {
            if (i % FILES_PER_FOLDER == 0) {
                int number = i / FILES_PER_FOLDER;
                Path module = root.resolve("module" + number / FOLDERS_PER_MODULE);
                folder = Files.createDirectories(module.resolve("package" + number % FOLDERS_PER_MODULE));
                if (number % FOLDERS_PER_MODULE == 0) {
                    Files.writeString(module.resolve(".gitignore"), "*.log\nbuild/\n!keep.log\n/dist\n");
                }
            }
            Files.writeString(
                    folder.resolve("file" + i + "." + ENDINGS[i % ENDINGS.length]), text(random, i % 997 == 0));
        }
        // Without a repository ripgrep pays no heed to .gitignore, which would not be the same work.
        Files.createDirectories(root.resolve(".git"));
    }

    private static String text(Random random, boolean needle) {
        StringBuilder text = new StringBuilder();
        int lines = 5 + random.nextInt(76);
        for (int i = 0; i < lines; i++) {
            if (needle && i == lines / 2) {
                text.append("  ").append(NEEDLE).append(" here\n");
            }
            for (int words = 2 + random.nextInt(11); words > 0; words--) {
                text.append(WORDS[random.nextInt(WORDS.length)]).append(words == 1 ? ";\n" : " ");
            }
        }
        return text.toString();
    }
}
