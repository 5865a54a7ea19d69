package dev.parley.projection.rebuild;

import dev.parley.store.compare.Difference;
import dev.parley.store.compare.DocumentDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The documents of a collection, compared with those that the log makes.
 *
 * @param same how many have the same digest
 * @param different ids of documents that differ, and of documents of known turns that the log does not make
 * @param missing ids that only the log has
 * @param unknown ids that neither Kafka nor the archive has
 * @param moving how many differ and were changed by records that are newer than the comparison, so that they do not count
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

    /** What is compared. */
    interface Scope {

        /** @param lastOffset of the record that changed the document last */
        boolean isSettled(String id, long lastOffset);

        /** Whether the log has the whole turn of the document: then a document that the log does not make is wrong. */
        boolean isOfKnownTurn(String id);
    }

    /**
     * The comparison, with the documents that differ.
     *
     * @param wrong to be replaced or inserted, or deleted if there is no fresh one
     * @param unknown to be left or deleted
     */
    record Differences(Comparison comparison, List<Difference> wrong, List<Difference> unknown) {

        boolean isEmpty() {
            return wrong.isEmpty() && unknown.isEmpty();
        }
    }

    /**
     * @param live the digests of the live documents
     * @param fresh those of the documents that the log makes
     */
    static Differences of(
            String collection, Map<String, DocumentDigest> live, Map<String, DocumentDigest> fresh, Scope scope) {
        long same = 0;
        long moving = 0;
        List<String> different = new ArrayList<>();
        List<String> missing = new ArrayList<>();
        List<String> unknown = new ArrayList<>();
        List<Difference> wrong = new ArrayList<>();
        List<Difference> unknownOnes = new ArrayList<>();
        for (Map.Entry<String, DocumentDigest> each : fresh.entrySet()) {
            String id = each.getKey();
            DocumentDigest found = live.get(id);
            long last = Math.max(each.getValue().lastOffset(), found == null ? -1 : found.lastOffset());
            if (found != null && found.sha256().equals(each.getValue().sha256())) {
                same++;
            } else if (!scope.isSettled(id, last)) {
                moving++;
            } else {
                (found == null ? missing : different).add(id);
                wrong.add(new Difference(id, found));
            }
        }
        for (Map.Entry<String, DocumentDigest> each : live.entrySet()) {
            if (!fresh.containsKey(each.getKey())) {
                Difference found = new Difference(each.getKey(), each.getValue());
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
