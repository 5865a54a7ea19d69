package dev.parley.engine.simulation;

import dev.parley.schema.id.MessageId;
import dev.parley.schema.id.StreamId;

/** Distinguishes the streams that have one id: after the deletion of its session an id is new again. Records do not have these ids. */
final class Lives {
    private static final char SEPARATOR = ':';

    private Lives() {}

    /** @param life how often the id was deleted before */
    static StreamId of(StreamId id, int life) {
        return life == 0
                ? id
                : new StreamId(id.user(), new MessageId(id.message().value() + SEPARATOR + life));
    }

    /** The id as records have it. */
    static StreamId plain(StreamId life) {
        String message = life.message().value();
        int separator = message.indexOf(SEPARATOR);
        return separator < 0 ? life : new StreamId(life.user(), new MessageId(message.substring(0, separator)));
    }
}
