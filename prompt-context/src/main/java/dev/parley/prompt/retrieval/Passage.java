package dev.parley.prompt.retrieval;

/**
 * A part of a document.
 *
 * @param id the document's path in its folder and the number of the passage, such as {@code plants/leaves.md#2}
 * @param title of the document
 */
public record Passage(String id, String title, String text) {
    /** @param score 0 to 1 */
    public record Found(Passage passage, double score) {}
}
