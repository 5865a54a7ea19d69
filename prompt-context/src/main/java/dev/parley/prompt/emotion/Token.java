package dev.parley.prompt.emotion;

/** A part of a message. */
sealed interface Token {
    /**
     * @param text in lower case
     * @param inCapitals whether it was written in capitals only
     */
    record Word(String text, boolean inCapitals) implements Token {}

    /** An emoji or emoticon. */
    record Symbol(String text) implements Token {}

    /** @param marks the punctuation at the end of a sentence or clause */
    record Break(String marks) implements Token {}
}
