package dev.parley.engine.context.retrieval;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The documents of a folder, indexed at once and again when files changed. A search uses what was indexed last, also while it is done again
 * or fails.
 */
public final class WatchedDocuments implements Documents, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(WatchedDocuments.class);

    private final DocumentFolder folder;
    private final Terms terms;
    private final CountDownLatch closed = new CountDownLatch(1);
    private DocumentFolder.Listing indexed = new DocumentFolder.Listing(List.of(), 0);
    private volatile DocumentIndex index;

    /**
     * @param maxBytes of all files together
     * @throws IllegalArgumentException if the folder is none
     */
    public WatchedDocuments(Path path, int maxFiles, long maxBytes, Terms terms) throws IOException {
        if (!Files.isDirectory(path)) {
            throw new IllegalArgumentException("the folder of documents is none: " + path.toAbsolutePath());
        }
        this.folder = new DocumentFolder(path, new DocumentFolder.Bounds(maxFiles, maxBytes));
        this.terms = terms;
        this.index = new DocumentIndex(terms, List.of());
        boolean unused = refresh();
    }

    /** Looks for changes again and again, until it is closed. */
    public WatchedDocuments watching(Duration interval) {
        Thread.ofVirtual().name("documents").start(() -> watch(interval));
        return this;
    }

    private void watch(Duration interval) {
        try {
            while (!closed.await(interval.toMillis(), TimeUnit.MILLISECONDS)) {
                look();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void look() {
        try {
            boolean unused = refresh();
        } catch (IOException | RuntimeException e) {
            LOG.warn("the documents are as they were, for they cannot be read: {}", String.valueOf(e));
        }
    }

    /** Indexes the folder anew if a file of it changed. @return whether one did */
    synchronized boolean refresh() throws IOException {
        DocumentFolder.Listing files = folder.files();
        if (files.equals(indexed)) {
            return false;
        }
        DocumentIndex fresh = new DocumentIndex(terms, folder.passages(files));
        fresh.warmUp();
        index = fresh;
        indexed = files;
        LOG.info("{} documents with {} passages can be searched", files.files().size(), fresh.size());
        if (files.beyond() > 0) {
            LOG.warn("{} documents more are beyond the bounds and cannot", files.beyond());
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
