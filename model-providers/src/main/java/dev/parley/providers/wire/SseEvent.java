package dev.parley.providers.wire;

/**
 * A server-sent event.
 *
 * @param type its {@code event} field, {@code message} if it has none
 * @param data its {@code data} fields, joined by line feeds
 */
public record SseEvent(String type, String data) {}
