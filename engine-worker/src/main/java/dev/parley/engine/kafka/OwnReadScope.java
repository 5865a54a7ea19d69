package dev.parley.engine.kafka;

import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.MemberDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.GroupIdNotFoundException;

/**
 * The partitions that the group gives to this worker, and those of which it is the first standby. The brokers tell the members of the group. A
 * dead member is among them until its session times out; a partition whose owner and first standby die together waits for that.
 */
final class OwnReadScope implements ReadScope {
    private static final Duration TIMEOUT = Duration.ofSeconds(5);

    private final Admin admin;
    private final String group;
    private final String member;
    private final int partitions;

    /** @param member the client id of this worker in the group */
    OwnReadScope(Admin admin, String group, String member, int partitions) {
        this.admin = admin;
        this.group = group;
        this.member = member;
        this.partitions = partitions;
    }

    @Override
    public Optional<Set<Integer>> wanted(Set<Integer> owned) throws InterruptedException {
        Map<String, Set<Integer>> members = members();
        if (!members.containsKey(member)) {
            return owned.isEmpty() ? Optional.empty() : Optional.of(owned);
        }
        members.put(member, owned);
        Set<Integer> wanted = new HashSet<>(owned);
        wanted.addAll(FirstStandbys.of(member, members, partitions));
        return Optional.of(wanted);
    }

    private Map<String, Set<Integer>> members() throws InterruptedException {
        try {
            Map<String, Set<Integer>> members = new HashMap<>();
            admin
                    .describeConsumerGroups(List.of(group))
                    .all()
                    .get(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)
                    .values()
                    .stream()
                    .flatMap(description -> description.members().stream())
                    .forEach(each -> members.computeIfAbsent(each.clientId(), _ -> new HashSet<>())
                            .addAll(partitionsOf(each)));
            return members;
        } catch (ExecutionException e) {
            if (e.getCause() instanceof GroupIdNotFoundException) {
                return new HashMap<>();
            }
            throw e.getCause() instanceof KafkaException failure ? failure : new KafkaException(e.getCause());
        } catch (TimeoutException e) {
            throw new KafkaException(
                    "The members of group " + group + " are not known: no answer within " + TIMEOUT.toSeconds() + " s",
                    e);
        }
    }

    private static Set<Integer> partitionsOf(MemberDescription member) {
        return member.assignment().topicPartitions().stream()
                .map(TopicPartition::partition)
                .collect(Collectors.toSet());
    }

    @Override
    public void close() {
        admin.close(Duration.ZERO);
    }
}
