package dev.parley.gateway;

import dev.parley.gateway.chat.ChatService;
import dev.parley.gateway.history.Conversations;
import dev.parley.gateway.history.ProjectionCatchUp;
import dev.parley.gateway.http.ConversationsApi;
import dev.parley.gateway.http.SseResponses;
import dev.parley.gateway.http.StreamAudits;
import dev.parley.gateway.http.StreamsApi;
import dev.parley.gateway.relay.HotStreams;
import dev.parley.gateway.tail.LogTail;
import dev.parley.schema.kafka.ProjectionPosition;
import dev.parley.schema.kafka.StreamLookup;
import dev.parley.service.kafka.ProjectionProgress;
import dev.parley.service.startup.Address;
import dev.parley.service.startup.RequiredThreads;
import dev.parley.store.StoreAddress;
import dev.parley.store.StoreConnection;
import dev.parley.store.read.StoredHistory;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;

/** Conversations and streams from MongoDB, and the HTTP API for them. */
@Configuration(proxyBeanMethods = false)
class HistoryConfiguration {

    /** How long an audit may read in Kafka. */
    private static final Duration LOOKUP_BOUND = Duration.ofSeconds(5);

    /** Short, because a client waits for its history. */
    private static final StoreConnection.Timeouts STORE_TIMEOUTS =
            new StoreConnection.Timeouts(Duration.ofSeconds(2), Duration.ofSeconds(4));

    /** How often the projection's position is read while it is behind. */
    private static final Duration CHECK_PROJECTION_EVERY = Duration.ofMillis(500);

    @Bean(destroyMethod = "close")
    StoredHistory gatewayHistory(Environment environment, MeterRegistry registry, HotStreams streams) {
        StoredHistory history = new StoredHistory(StoreConnection.open(
                Address.ofStore(environment.getProperty("mongodb.uri", StoreAddress.DEFAULT_URI), StoreAddress::parse),
                "parley-gateway",
                STORE_TIMEOUTS,
                registry));
        history.hideDeleted(streams::deletedAt);
        return history;
    }

    @Bean(initMethod = "start")
    ProjectionCatchUp gatewayProjectionCatchUp(
            GatewayKafka kafka, LogTail tail, Environment environment, RequiredThreads requiredThreads) {
        String group = environment.getProperty("parley.projection.group", ProjectionPosition.DEFAULT_GROUP);
        return new ProjectionCatchUp(
                tail::eventEndsAtStart,
                ProjectionProgress.asking(
                        kafka::admin,
                        admin -> ProjectionPosition.read(admin, group, GatewayKafka.ADMIN_TIMEOUT),
                        GatewayKafka.ADMIN_TIMEOUT),
                CHECK_PROJECTION_EVERY,
                requiredThreads);
    }

    @Bean
    ConversationsApi gatewayConversationsApi(
            StoredHistory history,
            HotStreams streams,
            ChatService chat,
            SseResponses responses,
            LogTail tail,
            ProjectionCatchUp catchUp) {
        return new ConversationsApi(
                new Conversations(history, streams), chat, responses, tail::isWarm, catchUp::isBehind);
    }

    @Bean
    StreamsApi gatewayStreamsApi(
            HotStreams streams, StoredHistory history, GatewayKafka kafka, ProjectionCatchUp catchUp) {
        StreamLookup lookup = new StreamLookup(kafka::lookup, LOOKUP_BOUND);
        return new StreamsApi(streams, history, new StreamAudits(streams, history, lookup), catchUp::isBehind);
    }
}
