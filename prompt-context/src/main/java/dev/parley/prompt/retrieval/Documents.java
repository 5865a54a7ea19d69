package dev.parley.prompt.retrieval;

import java.util.List;

/** Finds passages of documents. */
public interface Documents {
    /** The passages that are relevant to the question, best first. May block and fail. */
    List<Passage.Found> search(String question, int limit);
}
