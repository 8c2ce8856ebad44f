package dev.agentws.tools.files;

import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;

/** What tells one state of a file from another without reading it. Immutable. */
record FileStamp(FileTime modified, long size) {
    static FileStamp of(BasicFileAttributes attributes) {
        return new FileStamp(attributes.lastModifiedTime(), attributes.size());
    }
}
