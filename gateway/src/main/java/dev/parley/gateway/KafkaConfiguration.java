package dev.parley.gateway;

import dev.parley.gateway.chat.KnownMessageIds;
import dev.parley.gateway.chat.MessageRateLimit;
import dev.parley.gateway.connections.RemoteConnections;
import dev.parley.gateway.publish.CommandPublisher;
import dev.parley.gateway.publish.PublishHealthIndicator;
import dev.parley.gateway.relay.Relay;
import dev.parley.gateway.settings.GatewaySettings;
import dev.parley.gateway.tail.LogRecordHandler;
import dev.parley.gateway.tail.LogTail;
import dev.parley.gateway.tail.PastCommandsReader;
import dev.parley.gateway.tail.TailHealthIndicator;
import dev.parley.schema.kafka.TopicSettings;
import dev.parley.schema.kafka.Topics;
import dev.parley.service.kafka.AppendHealth;
import dev.parley.service.kafka.AppendProbe;
import dev.parley.service.kafka.client.KafkaClients;
import dev.parley.service.kafka.client.KafkaConnection;
import dev.parley.service.startup.RequiredThreads;
import dev.parley.service.startup.TopicProperties;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.kafka.autoconfigure.KafkaProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Commands to Kafka, and the log from Kafka. */
@Configuration(proxyBeanMethods = false)
class KafkaConfiguration {

    @Bean
    GatewayKafka gatewayKafka(
            KafkaProperties kafka, TopicProperties topics, GatewaySettings settings, MeterRegistry registry) {
        return new GatewayKafka(
                new TopicSettings(topics.partitions(), topics.replicas()),
                settings,
                KafkaClients.measured(KafkaConnection.of(kafka), registry));
    }

    @Bean
    AppendHealth gatewayAppendHealth() {
        return new AppendHealth(Topics.COMMANDS, System::nanoTime, _ -> {});
    }

    @Bean
    PublishHealthIndicator gatewayPublishHealthIndicator(AppendHealth gatewayAppendHealth) {
        return new PublishHealthIndicator(gatewayAppendHealth);
    }

    @Bean
    CommandPublisher gatewayCommandPublisher(
            GatewayKafka kafka,
            GatewaySettings settings,
            AppendHealth gatewayAppendHealth,
            RequiredThreads requiredThreads) {
        return new CommandPublisher(kafka.producer(), settings.publish(), gatewayAppendHealth)
                .neededBy(requiredThreads);
    }

    @Bean
    AppendProbe gatewayAppendProbe(
            CommandPublisher publisher,
            GatewaySettings settings,
            AppendHealth gatewayAppendHealth,
            RequiredThreads requiredThreads) {
        return new AppendProbe(
                "gateway-append-probe",
                gatewayAppendHealth,
                () -> publisher.probe(settings.nodeId(), Clock.systemUTC().instant()),
                requiredThreads);
    }

    @Bean
    LogRecordHandler gatewayLogRecordHandler(
            Relay relay,
            MessageRateLimit rate,
            KnownMessageIds knownIds,
            RemoteConnections remoteConnections,
            GatewayMetrics metrics) {
        return new LogRecordHandler(relay, rate, knownIds, remoteConnections, metrics, MonotonicClock::nowMs);
    }

    @Bean(initMethod = "start")
    LogTail gatewayTail(
            GatewayKafka kafka,
            CommandPublisher publisher,
            LogRecordHandler handler,
            GatewaySettings settings,
            RequiredThreads requiredThreads) {
        LogTail.PartitionCount topics = () -> {
            int partitions = kafka.ensureTopics();
            publisher.topicsReady(partitions);
            return partitions;
        };
        return new LogTail(kafka::tail, topics, handler, settings.window(), settings.tail(), requiredThreads);
    }

    @Bean
    TailHealthIndicator gatewayTailHealthIndicator(LogTail tail) {
        return new TailHealthIndicator(tail);
    }

    @Bean
    KnownMessageIds gatewayKnownMessageIds(GatewaySettings settings, ObjectProvider<LogTail> tail) {
        return new KnownMessageIds(
                settings.window().maxIds(), () -> tail.getObject().isWarm());
    }

    @Bean(initMethod = "start")
    PastCommandsReader gatewayPastCommandsReader(
            GatewayKafka kafka, LogTail tail, KnownMessageIds knownIds, RequiredThreads requiredThreads) {
        return new PastCommandsReader(kafka::lookup, tail::commandsFrom, knownIds, requiredThreads);
    }
}
