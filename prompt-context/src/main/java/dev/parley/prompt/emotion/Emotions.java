package dev.parley.prompt.emotion;

import dev.parley.schema.event.Emotion;

/** Estimates the emotion of the user from a message. */
public interface Emotions {
    /** May block and fail; an interrupt ends it. The caller limits the time. */
    Emotion of(String message) throws InterruptedException;
}
