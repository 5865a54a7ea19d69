package dev.parley.engine.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.utils.Utils;

/**
 * Who stands by for whom. Every member finds the same from the same list, and one that comes or goes changes only what it had or gets:
 * rendezvous hashing (Thaler and Ravishankar, 1998) of member and partition.
 */
final class FirstStandbys {
    private FirstStandbys() {}

    /**
     * The partitions that are another's, or nobody's, and of which a member is the first standby. Where nobody has a partition two
     * members are, so that one of them may fail.
     *
     * @param members with what each has, by name
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
