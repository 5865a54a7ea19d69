package dev.parley.prompt.retrieval;

import dev.parley.service.startup.SettingException;
import dev.parley.service.startup.SettingProblem;
import dev.parley.service.startup.ShownValue;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The documents of a folder. They are indexed when it is created and again when files have changed. A search uses the last complete index,
 * also while a new one is built or cannot be built.
 */
public final class WatchedDocuments implements Documents, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(WatchedDocuments.class);

    private final DocumentFolder folder;
    private final Terms terms;
    private final CountDownLatch closed = new CountDownLatch(1);
    private DocumentFolder.Listing indexed = new DocumentFolder.Listing(List.of(), 0);
    private volatile DocumentIndex index;

    /**
     * @param maxBytes limit of the size of all files together
     * @param path see {@link #folder}
     */
    public WatchedDocuments(Path path, int maxFiles, long maxBytes, Terms terms) throws IOException {
        this.folder = new DocumentFolder(path, new DocumentFolder.Bounds(maxFiles, maxBytes));
        this.terms = terms;
        this.index = new DocumentIndex(terms, List.of());
        boolean unused = refresh();
    }

    /**
     * The folder that the setting names.
     *
     * @throws SettingException if it is not a folder or cannot be read
     */
    public static Path folder(String setting) {
        try {
            Path path = Path.of(setting);
            if (!Files.isDirectory(path)) {
                throw unusable(setting, Files.exists(path) ? "which is not a folder" : "which does not exist", path);
            }
            if (!Files.isReadable(path) || !Files.isExecutable(path)) {
                throw unusable(setting, "which this process may not read", path);
            }
            return path;
        } catch (InvalidPathException e) {
            throw unusable(setting, "which is not a path", Path.of(""));
        }
    }

    private static SettingException unusable(String setting, String why, Path path) {
        return new SettingException(new SettingProblem(
                "PARLEY_ENGINE_CONTEXT_DOCUMENTS (parley.engine.context.documents)",
                "is " + ShownValue.of(setting) + ", " + why,
                "It must be a folder of .md and .txt files, from the working directory or absolute (looked for at "
                        + path.toAbsolutePath() + "); leave it out for no documents."));
    }

    /** Starts to look for changes at this interval until it is closed. */
    public WatchedDocuments watching(Duration interval) {
        Thread.ofVirtual().name("documents").start(() -> watch(interval));
        return this;
    }

    private void watch(Duration interval) {
        try {
            while (!closed.await(interval.toMillis(), TimeUnit.MILLISECONDS)) {
                refreshOrWarn();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void refreshOrWarn() {
        try {
            boolean unused = refresh();
        } catch (IOException | RuntimeException e) {
            LOG.warn("Documents cannot be read, searches use the last index: {}", String.valueOf(e));
        }
    }

    /**
     * Builds a new index if a file has changed.
     *
     * @return whether one has
     */
    synchronized boolean refresh() throws IOException {
        DocumentFolder.Listing files = folder.files();
        if (files.equals(indexed)) {
            return false;
        }
        DocumentIndex fresh = new DocumentIndex(terms, folder.passages(files));
        fresh.warmUp();
        index = fresh;
        indexed = files;
        LOG.info("Indexed {} documents with {} passages", files.files().size(), fresh.size());
        if (files.beyond() > 0) {
            LOG.warn(
                    "Ignored {} documents beyond the limits parley.engine.context.rag.max-files and .max-bytes; raise them or remove files",
                    files.beyond());
        }
        return true;
    }

    @Override
    public List<Passage.Found> search(String question, int limit) {
        return index.search(question, limit);
    }

    @Override
    public void close() {
        closed.countDown();
    }
}
