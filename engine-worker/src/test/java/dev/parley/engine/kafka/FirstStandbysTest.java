package dev.parley.engine.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class FirstStandbysTest {
    private static final int PARTITIONS = 64;

    /** Members to which the partitions are assigned round robin. */
    private static Map<String, Set<Integer>> members(int count) {
        return IntStream.range(0, count)
                .boxed()
                .collect(Collectors.toMap(
                        member -> "w" + member,
                        member -> IntStream.range(0, PARTITIONS)
                                .filter(partition -> partition % count == member)
                                .boxed()
                                .collect(Collectors.toSet())));
    }

    private static Map<String, Set<Integer>> standbys(Map<String, Set<Integer>> members) {
        return members.keySet().stream()
                .collect(Collectors.toMap(member -> member, member -> FirstStandbys.of(member, members, PARTITIONS)));
    }

    @Test
    void each_partition_has_one_first_standby_which_is_not_its_owner() {
        Map<String, Set<Integer>> members = members(5);
        Map<String, Set<Integer>> standbys = standbys(members);

        assertThat(standbys.values().stream().mapToInt(Set::size).sum()).isEqualTo(PARTITIONS);
        assertThat(standbys.values().stream().flatMap(Set::stream).distinct()).hasSize(PARTITIONS);
        standbys.forEach((member, found) -> assertThat(found).doesNotContainAnyElementsOf(members.get(member)));
    }

    @Test
    void all_members_are_standbys_of_some_partitions() {
        standbys(members(5)).values().forEach(found -> assertThat(found).hasSizeBetween(4, 25));
    }

    @Test
    void a_partition_without_an_owner_has_two_first_standbys() {
        Map<String, Set<Integer>> members = members(3);
        members.values().forEach(owned -> owned.remove(6));

        assertThat(standbys(members).values().stream().filter(found -> found.contains(6)))
                .hasSize(2);
    }

    @Test
    void a_single_member_is_the_standby_of_no_partition() {
        assertThat(standbys(members(1)).get("w0")).isEmpty();
    }

    @Test
    void a_new_member_becomes_standby_of_some_partitions_and_nothing_else_changes() {
        Map<String, Set<Integer>> before = standbys(members(4));
        Map<String, Set<Integer>> grown = new HashMap<>(members(4));
        grown.put("new", Set.of());
        Map<String, Set<Integer>> after = standbys(grown);

        Set<Integer> moved = after.get("new");
        assertThat(moved).hasSizeBetween(4, 30);
        before.forEach((member, found) -> {
            Set<Integer> kept = new HashSet<>(found);
            kept.removeAll(moved);
            assertThat(after.get(member)).isEqualTo(kept);
        });
    }
}
