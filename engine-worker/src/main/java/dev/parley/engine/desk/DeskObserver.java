package dev.parley.engine.desk;

import dev.parley.schema.log.DropReason;

/** Is told what a desk does. */
public interface DeskObserver {
    void accepted();

    void dropped(DropReason reason);

    void unreadable(String topic);

    void takeover();

    void refused();
}
