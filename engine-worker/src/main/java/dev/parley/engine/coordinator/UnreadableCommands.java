package dev.parley.engine.coordinator;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/** The commands of a partition that cannot be read and are not kept apart yet. */
final class UnreadableCommands {
    private static final int MAX_OF_OTHERS = 1_000;

    private final TreeMap<Long, ConsumerRecord<String, byte[]>> records = new TreeMap<>();
    /** Of those that are to be written now. */
    private final Map<Long, String> reasons = new HashMap<>();

    record UnreadableCommand(ConsumerRecord<String, byte[]> record, String reason) {}

    /** @param owned whether this worker is to keep it; what others are to keep is forgotten past a bound */
    void add(ConsumerRecord<String, byte[]> record, String reason, boolean owned) {
        records.put(record.offset(), record);
        reasons.put(record.offset(), reason);
        if (!owned && records.size() > MAX_OF_OTHERS) {
            reasons.remove(records.pollFirstEntry().getKey());
        }
    }

    /** All before the offset is done with. */
    void forgetBelow(long offset) {
        records.headMap(offset).clear();
    }

    void kept(long offset) {
        records.remove(offset);
    }

    /** It is to be written again. */
    void failed(long offset, String reason) {
        reasons.put(offset, reason);
    }

    /** What is to be written; each is given once, unless it {@link #failed}. */
    List<UnreadableCommand> take() {
        if (reasons.isEmpty()) {
            return List.of();
        }
        List<UnreadableCommand> letters = new ArrayList<>();
        reasons.forEach((offset, reason) -> {
            ConsumerRecord<String, byte[]> record = records.get(offset);
            if (record != null) {
                letters.add(new UnreadableCommand(record, reason));
            }
        });
        reasons.clear();
        return letters;
    }

    /** The lowest offset that is not kept apart yet. */
    @Nullable
    Long lowest() {
        return records.isEmpty() ? null : records.firstKey();
    }
}
