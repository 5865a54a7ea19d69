package dev.parley.schema.contract;

import java.util.Arrays;
import java.util.List;

/** One type of frame: its record, and the names of its schema and its golden files. */
record WireType(Family family, String name, Class<? extends Record> type) {

    static List<WireType> all() {
        return Arrays.stream(Family.values()).flatMap(Family::types).toList();
    }

    /** {@code events/stream_start}: unique, because several families may have a type with the same name. */
    String path() {
        return family.folder() + "/" + name;
    }

    String schema() {
        return path() + ".json";
    }

    @Override
    public String toString() {
        return path();
    }
}
