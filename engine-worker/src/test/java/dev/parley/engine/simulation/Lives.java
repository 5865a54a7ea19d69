package dev.parley.engine.simulation;

import dev.parley.schema.id.MessageId;
import dev.parley.schema.id.StreamId;

/** An id lives again after the deletion of its session. Each life has a name of its own here, which no record has. */
final class Lives {
    private static final char SEPARATOR = ':';

    private Lives() {}

    /** @param life from 0 */
    static StreamId of(StreamId id, int life) {
        return life == 0
                ? id
                : new StreamId(id.user(), new MessageId(id.message().value() + SEPARATOR + life));
    }

    /** As records have it. */
    static StreamId plain(StreamId life) {
        String message = life.message().value();
        int separator = message.indexOf(SEPARATOR);
        return separator < 0 ? life : new StreamId(life.user(), new MessageId(message.substring(0, separator)));
    }
}
