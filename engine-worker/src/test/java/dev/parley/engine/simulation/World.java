package dev.parley.engine.simulation;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.record.TimestampType;

/** Time, chance, the log, and a network that delays what is sent. */
final class World {
    final Random random;
    final Partition commands;
    final Partition events;
    private final PriorityQueue<Later> schedule = new PriorityQueue<>();
    private long nowMs = 1_000;
    private long scheduled;

    private record Later(long atMs, long order, Runnable what) implements Comparable<Later> {
        @Override
        public int compareTo(Later other) {
            return atMs != other.atMs ? Long.compare(atMs, other.atMs) : Long.compare(order, other.order);
        }
    }

    /** An append-only list of records. */
    static final class Partition {
        final List<ConsumerRecord<String, byte[]>> records = new ArrayList<>();

        /** @return the record's offset */
        long append(ProducerRecord<String, byte[]> record, long timeMs) {
            records.add(new ConsumerRecord<>(
                    record.topic(),
                    0,
                    records.size(),
                    timeMs,
                    TimestampType.CREATE_TIME,
                    ConsumerRecord.NULL_SIZE,
                    ConsumerRecord.NULL_SIZE,
                    record.key(),
                    record.value(),
                    record.headers(),
                    Optional.empty()));
            return records.size() - 1L;
        }
    }

    World(long seed) {
        random = new Random(seed);
        commands = new Partition();
        events = new Partition();
    }

    long nowMs() {
        return nowMs;
    }

    long nanos() {
        return TimeUnit.MILLISECONDS.toNanos(nowMs);
    }

    void after(long delayMs, Runnable what) {
        schedule.add(new Later(nowMs + delayMs, scheduled++, what));
    }

    void advance(long ms) {
        long until = nowMs + ms;
        while (!schedule.isEmpty() && schedule.peek().atMs() <= until) {
            Later next = schedule.poll();
            nowMs = Math.max(nowMs, next.atMs());
            next.what().run();
        }
        nowMs = until;
    }

    boolean chance(double probability) {
        return random.nextDouble() < probability;
    }

    int upTo(int bound) {
        return random.nextInt(bound);
    }
}
