package dev.parley.prompt.emotion;

/** A piece of a message that can mean something. */
sealed interface Token {
    /**
     * @param text in lower case
     * @param shouted written in capitals only
     */
    record Word(String text, boolean shouted) implements Token {}

    /** An emoji or emoticon. */
    record Symbol(String text) implements Token {}

    /** The end of a sentence or clause; {@code marks} are its punctuation. */
    record Break(String marks) implements Token {}
}
