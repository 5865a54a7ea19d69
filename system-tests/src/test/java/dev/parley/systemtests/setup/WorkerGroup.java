package dev.parley.systemtests.setup;

import dev.parley.systemtests.process.Eventually;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.MemberDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.config.ConfigResource;

/** The consumer group of the workers, as the broker sees it. */
public final class WorkerGroup {

    private static final Duration BOUND = Duration.ofSeconds(20);
    private static final Duration SETTLED_WITHIN = Duration.ofSeconds(60);

    private static final String SESSION = "consumer.session.timeout.ms";

    private static final String HEARTBEAT = "consumer.heartbeat.interval.ms";

    /**
     * Kafka's defaults for the new protocol, which the embedded broker lowers. In the short form the heartbeats are more frequent,
     * because waiting for assignments would take most of the time.
     */
    private static final Map<String, String> DEFAULTS =
            Map.of(SESSION, "45000", HEARTBEAT, Boolean.getBoolean("parley.faults") ? "5000" : "1000");

    private final String bootstrapServers;
    private final String name;

    WorkerGroup(String bootstrapServers, String name) {
        this.bootstrapServers = bootstrapServers;
        this.name = name;
    }

    public String name() {
        return name;
    }

    /** The session timeout of the broker with the new protocol. */
    public Duration session() throws InterruptedException {
        ConfigResource resource = new ConfigResource(ConfigResource.Type.GROUP, name);
        Config config = ask(admin -> Objects.requireNonNull(
                admin.describeConfigs(List.of(resource)).values().get(resource)));
        return Duration.ofMillis(Long.parseLong(config.get(SESSION).value()));
    }

    /** Sets the defaults. Must be called before the first member joins: the broker applies to a member the values from when it joined. */
    void keepTheBrokersDefaults() throws InterruptedException {
        List<AlterConfigOp> changes = DEFAULTS.entrySet().stream()
                .map(each ->
                        new AlterConfigOp(new ConfigEntry(each.getKey(), each.getValue()), AlterConfigOp.OpType.SET))
                .toList();
        ask(admin -> admin.incrementalAlterConfigs(Map.of(new ConfigResource(ConfigResource.Type.GROUP, name), changes))
                .all());
    }

    /** Returns when the group has so many members and each has partitions. */
    public void awaitOwners(int count) {
        Eventually.await(count + " members of " + name + " with partitions", SETTLED_WITHIN, () -> {
            List<MemberDescription> members = members();
            boolean settled = members.size() == count
                    && members.stream()
                            .noneMatch(member ->
                                    member.assignment().topicPartitions().isEmpty());
            return settled ? Optional.of(members) : Optional.empty();
        });
    }

    private List<MemberDescription> members() {
        try {
            return List.copyOf(ask(admin -> Objects.requireNonNull(admin.describeConsumerGroups(Set.of(name))
                            .describedGroups()
                            .get(name)))
                    .members());
        } catch (AssertionError notThere) {
            return List.of();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    private interface Question<T> {
        KafkaFuture<T> of(Admin admin);
    }

    private <T> T ask(Question<T> question) throws InterruptedException {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers))) {
            return question.of(admin).get(BOUND.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new AssertionError("the broker does not answer about " + name, e);
        }
    }
}
