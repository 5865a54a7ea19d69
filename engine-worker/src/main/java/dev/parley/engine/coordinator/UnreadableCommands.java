package dev.parley.engine.coordinator;

import dev.parley.engine.state.CommandRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The commands of a partition that cannot be read and are not in the dead-letter topic yet. Not thread-safe. */
final class UnreadableCommands {
    /** Of a partition that another worker owns: if that worker dies before it wrote them, this one does. */
    private static final int MAX_OF_OTHERS = 1_000;

    private final TreeMap<Long, CommandRecord.Unreadable> records = new TreeMap<>();
    /** The offsets of those that are to be written now. */
    private final Set<Long> due = new TreeSet<>();

    /** @param owned whether this worker is to write it; what others are to write is forgotten past a bound */
    void add(CommandRecord.Unreadable record, boolean owned) {
        records.put(record.offset(), record);
        due.add(record.offset());
        if (!owned && records.size() > MAX_OF_OTHERS) {
            due.remove(records.pollFirstEntry().getKey());
        }
    }

    /** All before the offset is done with. */
    void forgetBelow(long offset) {
        records.headMap(offset).clear();
    }

    /** It is in the dead-letter topic. */
    void written(long offset) {
        records.remove(offset);
    }

    /** It is to be written again. */
    void failed(long offset) {
        due.add(offset);
    }

    /** What is to be written; each is given once, unless it {@link #failed}. */
    List<CommandRecord.Unreadable> take() {
        if (due.isEmpty()) {
            return List.of();
        }
        List<CommandRecord.Unreadable> taken = new ArrayList<>();
        for (long offset : due) {
            CommandRecord.Unreadable record = records.get(offset);
            if (record != null) {
                taken.add(record);
            }
        }
        due.clear();
        return taken;
    }

    /** The lowest offset that is not in the dead-letter topic yet. */
    @Nullable
    Long lowest() {
        return records.isEmpty() ? null : records.firstKey();
    }
}
