package dev.parley.engine.stream;

import dev.parley.schema.event.ChatEvent.Control;
import dev.parley.schema.event.StreamEvent;

/** What a stream writer does next. */
public sealed interface WriterStep {
    /** Append it, and call {@link StreamWriterState#appended} or {@link StreamWriterState#failed} when the outcome is known. */
    record AppendEvent(StreamEvent event, long elapsedMs) implements WriterStep {}

    /**
     * Append it, and call {@link StreamWriterState#appended} or {@link StreamWriterState#failed} when the outcome is known.
     *
     * @param n counts the control records of the claim
     */
    record AppendControl(Control control, int n) implements WriterStep {}

    /** Ask the model to go on after what it has said. */
    record AskModel(String answerSoFar) implements WriterStep {}

    /** Nothing before {@code until}, unless something happens. */
    record Rest(long until) implements WriterStep {}

    /** Nothing, ever. */
    record Done() implements WriterStep {}
}
