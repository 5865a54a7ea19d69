package dev.parley.engine;

import dev.parley.prompt.emotion.LexiconEmotions;
import dev.parley.prompt.retrieval.Documents;
import dev.parley.prompt.retrieval.Terms;
import dev.parley.prompt.retrieval.WatchedDocuments;
import java.io.IOException;
import java.util.Optional;

/** The documents that answers may use; empty if no folder is configured. */
record EngineDocuments(Optional<WatchedDocuments> watched) implements AutoCloseable {
    static EngineDocuments of(EngineSettings.Context context) throws IOException {
        if (context.documents().isBlank()) {
            return new EngineDocuments(Optional.empty());
        }
        WatchedDocuments documents = new WatchedDocuments(
                WatchedDocuments.folder(context.documents()),
                context.rag().maxFiles(),
                context.rag().maxBytes(),
                new Terms(new LexiconEmotions()::isCommon));
        return new EngineDocuments(Optional.of(documents.watching(context.rag().checkInterval())));
    }

    Optional<Documents> found() {
        return watched.map(Documents.class::cast);
    }

    @Override
    public void close() {
        watched.ifPresent(WatchedDocuments::close);
    }
}
