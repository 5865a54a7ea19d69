package dev.parley.store.turn;

import dev.parley.schema.event.CompleteMetadata;
import dev.parley.schema.event.Failure;
import dev.parley.schema.event.StopReason;
import dev.parley.schema.event.StoppedMetadata;
import java.time.Instant;

/** How far an answer has come. */
public sealed interface Outcome {

    /** Its terminal event has not been read. */
    record Streaming() implements Outcome {}

    /** Only the deletion of the conversation can change the turn now. */
    sealed interface Over extends Outcome {
        Instant at();
    }

    record Complete(Instant at, CompleteMetadata metadata) implements Over {}

    record Stopped(Instant at, StopReason reason, StoppedMetadata metadata) implements Over {}

    record Failed(Instant at, Failure failure) implements Over {}

    /** Its conversation was deleted: only its id and its offsets are kept, so that a reader that is behind does not write it again. */
    record Deleted(Instant at) implements Over {}
}
