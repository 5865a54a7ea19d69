package dev.parley.schema.json;

/** The result of decoding a frame. Invalid input is expected, so it is a value and not an exception. */
public sealed interface Decoded<T> {

    /** A complete value of the family. */
    record Ok<T>(T value) implements Decoded<T> {}

    /** A well-formed frame of a type that this version does not know. Clients ignore it; gateways refuse it. */
    record UnknownType<T>(String type) implements Decoded<T> {}

    /** @param reason what is wrong; it does not repeat any text of the input */
    record Malformed<T>(String reason) implements Decoded<T> {}
}
