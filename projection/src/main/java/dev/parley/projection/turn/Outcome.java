package dev.parley.projection.turn;

import dev.parley.schema.event.CompleteMetadata;
import dev.parley.schema.event.Failure;
import dev.parley.schema.event.StopReason;
import dev.parley.schema.event.StoppedMetadata;
import java.time.Instant;

/** How far an answer has come. */
public sealed interface Outcome {

    /** Its terminal event is still to come. */
    record Streaming() implements Outcome {}

    /** Nothing can change it any more but the deletion of its conversation. */
    sealed interface Over extends Outcome {
        Instant at();
    }

    record Complete(Instant at, CompleteMetadata metadata) implements Over {}

    record Stopped(Instant at, StopReason reason, StoppedMetadata metadata) implements Over {}

    record Failed(Instant at, Failure failure) implements Over {}

    /** Its conversation was deleted: nothing of it is kept but its name and place, so that no late writer brings it back. */
    record Forgotten(Instant at) implements Over {}
}
