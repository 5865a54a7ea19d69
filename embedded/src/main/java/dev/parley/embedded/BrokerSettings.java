package dev.parley.embedded;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** The settings of the embedded broker. */
final class BrokerSettings {

    static final int NODE_ID = 1;
    static final String CONTROLLER_LISTENER = "CONTROLLER";

    private static final int MIB = 1024 * 1024;

    /** Settings that clients can notice. A broker in a container gets the same, so that tests see the same behaviour. */
    static final Map<String, String> SEEN_BY_CLIENTS = Map.ofEntries(
            Map.entry("auto.create.topics.enable", "false"),
            Map.entry("num.partitions", "1"),
            Map.entry("default.replication.factor", "1"),
            Map.entry("min.insync.replicas", "1"),
            // A record of 2 MiB with its batch and headers.
            Map.entry("message.max.bytes", Integer.toString(2 * MIB + MIB / 4)),
            Map.entry("group.initial.rebalance.delay.ms", "0"),
            Map.entry("group.min.session.timeout.ms", "1000"),
            Map.entry("group.consumer.min.session.timeout.ms", "1000"),
            Map.entry("group.consumer.session.timeout.ms", "6000"),
            Map.entry("group.consumer.min.heartbeat.interval.ms", "200"),
            Map.entry("group.consumer.heartbeat.interval.ms", "1000"),
            Map.entry("group.share.min.session.timeout.ms", "1000"),
            Map.entry("group.share.session.timeout.ms", "6000"),
            Map.entry("group.share.min.heartbeat.interval.ms", "200"),
            Map.entry("group.share.heartbeat.interval.ms", "1000"),
            Map.entry("offsets.topic.replication.factor", "1"),
            Map.entry("transaction.state.log.replication.factor", "1"),
            Map.entry("transaction.state.log.min.isr", "1"),
            Map.entry("share.coordinator.state.topic.replication.factor", "1"),
            Map.entry("share.coordinator.state.topic.min.isr", "1"));

    /** Settings for one node on a developer's machine: few threads, small buffers, few internal partitions, no JMX. */
    private static final Map<String, String> SMALL = Map.ofEntries(
            // After kill -9 the controller accepts the broker again only when its old session has expired.
            Map.entry("broker.session.timeout.ms", "3000"),
            Map.entry("broker.heartbeat.interval.ms", "500"),
            Map.entry("num.network.threads", "2"),
            Map.entry("num.io.threads", "4"),
            Map.entry("background.threads", "2"),
            Map.entry("num.recovery.threads.per.data.dir", "2"),
            Map.entry("group.coordinator.threads", "1"),
            Map.entry("share.coordinator.threads", "1"),
            Map.entry("offsets.topic.num.partitions", "4"),
            Map.entry("transaction.state.log.num.partitions", "4"),
            Map.entry("share.coordinator.state.topic.num.partitions", "4"),
            Map.entry("log.cleaner.dedupe.buffer.size", Integer.toString(4 * MIB)),
            Map.entry("log.index.size.max.bytes", Integer.toString(MIB)),
            Map.entry("metric.reporters", ""));

    private BrokerSettings() {}

    /** All settings of the broker. {@code changes} override them. */
    static Map<String, String> of(Path logDir, int port, int controllerPort, Map<String, String> changes) {
        var settings = new HashMap<String, String>(SEEN_BY_CLIENTS);
        settings.putAll(SMALL);
        settings.put("process.roles", "broker,controller");
        settings.put("node.id", Integer.toString(NODE_ID));
        settings.put("log.dirs", logDir.toAbsolutePath().toString());
        settings.put("listeners", "PLAINTEXT://127.0.0.1:" + port + ",CONTROLLER://127.0.0.1:" + controllerPort);
        settings.put("advertised.listeners", "PLAINTEXT://127.0.0.1:" + port);
        settings.put("controller.listener.names", CONTROLLER_LISTENER);
        settings.put("inter.broker.listener.name", "PLAINTEXT");
        settings.put("listener.security.protocol.map", "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT");
        settings.put("controller.quorum.voters", NODE_ID + "@127.0.0.1:" + controllerPort);
        settings.putAll(changes);
        return settings;
    }
}
