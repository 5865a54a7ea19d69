package dev.parley.prompt.emotion;

import dev.parley.schema.event.Emotion;

/** Says how the user of a message seems to feel. */
public interface Emotions {
    /** May block and fail; an interrupt ends it. The caller sees to the time it takes. */
    Emotion of(String message) throws InterruptedException;
}
