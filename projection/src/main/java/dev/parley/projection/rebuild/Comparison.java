package dev.parley.projection.rebuild;

import dev.parley.projection.store.DocumentSets.Change;
import dev.parley.projection.store.DocumentSets.Digest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The documents of a collection beside what the log says they are.
 *
 * @param same so many have the same digest
 * @param different ids whose documents differ, and of documents that the log does not make of turns that it has
 * @param missing ids that the log has and the collection has not
 * @param unknown ids that the collection has, and neither Kafka nor the archive knows
 * @param moving so many differ and were changed by records that are newer than the comparison: they say nothing
 */
public record Comparison(
        String collection, long same, List<String> different, List<String> missing, List<String> unknown, long moving) {

    public Comparison {
        different = List.copyOf(different);
        missing = List.copyOf(missing);
        unknown = List.copyOf(unknown);
    }

    public boolean isEqual() {
        return different.isEmpty() && missing.isEmpty() && unknown.isEmpty();
    }

    /** Tells what the comparison is about. */
    interface Scope {

        /** @param lastOffset of the record that changed the document last */
        boolean isSettled(String id, long lastOffset);

        /** Whether the log has all of the turn that the document is of: if no fresh document has its id, there is to be none. */
        boolean isOfKnownTurn(String id);
    }

    /**
     * What differs, each with what is there.
     *
     * @param wrong to be replaced, added, or deleted if there is no fresh one
     * @param unknown to be left or deleted
     */
    record Differences(Comparison comparison, List<Change> wrong, List<Change> unknown) {

        boolean isEmpty() {
            return wrong.isEmpty() && unknown.isEmpty();
        }
    }

    /**
     * @param there what is there
     * @param fresh what the log says
     */
    static Differences of(String collection, Map<String, Digest> there, Map<String, Digest> fresh, Scope scope) {
        long same = 0;
        long moving = 0;
        List<String> different = new ArrayList<>();
        List<String> missing = new ArrayList<>();
        List<String> unknown = new ArrayList<>();
        List<Change> wrong = new ArrayList<>();
        List<Change> unknownOnes = new ArrayList<>();
        for (Map.Entry<String, Digest> each : fresh.entrySet()) {
            String id = each.getKey();
            Digest found = there.get(id);
            long last = Math.max(each.getValue().lastOffset(), found == null ? -1 : found.lastOffset());
            if (found != null && found.sha256().equals(each.getValue().sha256())) {
                same++;
            } else if (!scope.isSettled(id, last)) {
                moving++;
            } else {
                (found == null ? missing : different).add(id);
                wrong.add(new Change(id, found));
            }
        }
        for (Map.Entry<String, Digest> each : there.entrySet()) {
            if (!fresh.containsKey(each.getKey())) {
                Change found = new Change(each.getKey(), each.getValue());
                if (!scope.isSettled(each.getKey(), each.getValue().lastOffset())) {
                    moving++;
                } else if (scope.isOfKnownTurn(each.getKey())) {
                    different.add(each.getKey());
                    wrong.add(found);
                } else {
                    unknown.add(each.getKey());
                    unknownOnes.add(found);
                }
            }
        }
        return new Differences(
                new Comparison(collection, same, different, missing, unknown, moving), wrong, unknownOnes);
    }
}
