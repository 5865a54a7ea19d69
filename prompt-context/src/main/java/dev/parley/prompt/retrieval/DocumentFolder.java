package dev.parley.prompt.retrieval;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** The {@code .md} and {@code .txt} files under a folder, within limits. Links and hidden files are ignored. */
final class DocumentFolder {
    private static final int MAX_DEPTH = 16;

    private final Path folder;
    private final Bounds bounds;

    /**
     * @param files limit of the number of files
     * @param bytes limit of the size of all files together
     */
    record Bounds(int files, long bytes) {}

    /** The properties by which a changed file is recognised. */
    record FileState(Path path, long bytes, FileTime modified) {}

    /** @param beyond number of files that are ignored because they exceed the limits */
    record Listing(List<FileState> files, int beyond) {}

    DocumentFolder(Path folder, Bounds bounds) {
        this.folder = folder;
        this.bounds = bounds;
    }

    /** The files within the limits, by path; the first ones if there are too many. */
    Listing files() throws IOException {
        List<FileState> files = new ArrayList<>();
        try (Stream<Path> found = Files.walk(folder, MAX_DEPTH, new FileVisitOption[0])) {
            for (Path path : found.filter(this::isDocument)
                    .sorted(Comparator.naturalOrder())
                    .toList()) {
                files.add(new FileState(path, Files.size(path), Files.getLastModifiedTime(path)));
            }
        }
        return withinBounds(files);
    }

    private boolean isDocument(Path path) {
        String name = path.getFileName().toString().toLowerCase(Locale.ROOT);
        boolean hidden = false;
        for (Path part : folder.relativize(path)) {
            hidden |= part.toString().startsWith(".");
        }
        return !hidden
                && (name.endsWith(".md") || name.endsWith(".txt"))
                && Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS);
    }

    private Listing withinBounds(List<FileState> files) {
        List<FileState> within = new ArrayList<>();
        long bytes = 0;
        for (FileState file : files) {
            if (within.size() < bounds.files() && bytes + file.bytes() <= bounds.bytes()) {
                within.add(file);
                bytes += file.bytes();
            }
        }
        return new Listing(List.copyOf(within), files.size() - within.size());
    }

    /** The passages of the files. Bytes that are not UTF-8 become U+FFFD. */
    List<Passage> passages(Listing listing) throws IOException {
        List<Passage> passages = new ArrayList<>();
        for (FileState file : listing.files()) {
            String path = folder.relativize(file.path()).toString().replace('\\', '/');
            passages.addAll(Passages.of(path, text(file)));
        }
        return passages;
    }

    /** Reads no more than the size that was counted, even if the file has grown. */
    private static String text(FileState file) throws IOException {
        try (InputStream bytes = Files.newInputStream(file.path())) {
            return new String(bytes.readNBytes(Math.toIntExact(file.bytes())), StandardCharsets.UTF_8);
        }
    }
}
