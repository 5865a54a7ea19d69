package dev.parley.schema.json;

/** What reading a frame gave. Bad input is expected, so it is a value and no exception. */
public sealed interface Decoded<T> {

    /** It is of the family and complete. */
    record Ok<T>(T value) implements Decoded<T> {}

    /** Well-formed, but a type that this version does not know: a client ignores it, a gateway refuses it. */
    record UnknownType<T>(String type) implements Decoded<T> {}

    /** @param reason what is wrong, in words that repeat nothing of the input's texts */
    record Malformed<T>(String reason) implements Decoded<T> {}
}
