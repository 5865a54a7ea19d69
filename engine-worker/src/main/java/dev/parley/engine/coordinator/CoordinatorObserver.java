package dev.parley.engine.coordinator;

import dev.parley.engine.stream.Decision.Purpose;
import dev.parley.schema.log.DropReason;
import java.time.Duration;

/** Is told what a coordinator does. */
public interface CoordinatorObserver {
    void accepted();

    /** A start of this worker counts. @param lag from the command's record to the start's, by the times of the records */
    void started(Duration lag);

    /** A record of the events that was written after this worker had caught up does not count. */
    void dropped(DropReason reason);

    /** A record cannot be read; one of the events only if it was written after this worker had caught up. */
    void unreadable(String topic);

    void takeover(Purpose purpose);

    void refused();
}
