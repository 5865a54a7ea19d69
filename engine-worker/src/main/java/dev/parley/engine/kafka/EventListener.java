package dev.parley.engine.kafka;

import dev.parley.engine.desk.Desk;
import org.apache.kafka.clients.consumer.ConsumerRecords;

/** Gives events to the desk. */
record EventListener(DeskThread desk) implements LogReader.Listener {
    @Override
    public void read(ConsumerRecords<String, byte[]> records) throws InterruptedException {
        if (!records.isEmpty()) {
            desk.hand(records, Desk::event);
        }
    }

    @Override
    public void caughtUp(int partition) {
        desk.post(it -> it.eventsCaughtUp(partition));
    }
}
