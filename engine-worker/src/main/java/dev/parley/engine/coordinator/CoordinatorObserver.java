package dev.parley.engine.coordinator;

import dev.parley.engine.stream.Decision.Purpose;
import dev.parley.schema.log.DropReason;
import java.time.Duration;

/** Receives what a coordinator does, for metrics. */
public interface CoordinatorObserver {
    /** A stream writer is started for a message that no worker had started. */
    void accepted();

    /** A start of this worker counts. @param lag from the command's record to the start's, by the times of the records */
    void started(Duration lag);

    /** A record of {@code chat.events}, written after this worker had caught up, does not count. */
    void dropped(DropReason reason);

    /** A record cannot be read; a record of {@code chat.events} is reported only if it was written after this worker had caught up. */
    void unreadable(String topic);

    /** This worker tries to take a stream over. */
    void takeover(Purpose purpose);

    /** A message is rejected. */
    void refused();
}
