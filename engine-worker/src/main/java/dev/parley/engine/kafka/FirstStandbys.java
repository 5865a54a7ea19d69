package dev.parley.engine.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.utils.Utils;

/**
 * Finds the first standby of each partition by rendezvous hashing (Thaler and Ravishankar, 1998) of member and partition. All members find the
 * same from the same list, and a member that joins or leaves changes only its own partitions.
 */
final class FirstStandbys {
    private FirstStandbys() {}

    /**
     * The partitions that a member does not own and of which it is the first standby. A partition without an owner has two, so that one of them
     * may fail.
     *
     * @param members the partitions that each owns, by its name
     */
    static Set<Integer> of(String member, Map<String, Set<Integer>> members, int partitions) {
        Set<Integer> found = new HashSet<>();
        for (int partition = 0; partition < partitions; partition++) {
            if (standbys(partition, members).contains(member)) {
                found.add(partition);
            }
        }
        return found;
    }

    private static List<String> standbys(int partition, Map<String, Set<Integer>> members) {
        boolean isOwned = members.values().stream().anyMatch(owned -> owned.contains(partition));
        return members.entrySet().stream()
                .filter(member -> !member.getValue().contains(partition))
                .map(Map.Entry::getKey)
                .sorted(Comparator.comparingInt((String name) -> weight(name, partition))
                        .thenComparing(Comparator.naturalOrder()))
                .limit(isOwned ? 1 : 2)
                .toList();
    }

    private static int weight(String member, int partition) {
        return Utils.murmur2((member + '/' + partition).getBytes(UTF_8));
    }
}
