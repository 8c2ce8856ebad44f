package dev.agentws.tools.files;

import java.nio.file.Path;
import java.util.Locale;

/** What a file is taken for, by the ending of its name. */
enum FileKind {
    TEXT,
    IMAGE,
    PDF,
    NOTEBOOK;

    static FileKind of(Path file) {
        Path name = file.getFileName();
        String text = name == null ? "" : name.toString();
        switch (text.substring(text.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT)) {
            case "png", "jpg", "jpeg", "gif", "webp":
                return IMAGE;
            case "pdf":
                return PDF;
            case "ipynb":
                return NOTEBOOK;
            default:
                return TEXT;
        }
    }
}
