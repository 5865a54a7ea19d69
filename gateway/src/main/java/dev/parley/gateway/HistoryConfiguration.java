package dev.parley.gateway;

import dev.parley.gateway.chat.ChatService;
import dev.parley.gateway.history.Conversations;
import dev.parley.gateway.history.History;
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
import dev.parley.service.startup.RequiredThreads;
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

    /** How often the projection's position is read while it is behind. */
    private static final Duration CHECK_PROJECTION_EVERY = Duration.ofMillis(500);

    @Bean(destroyMethod = "close")
    History gatewayHistory(Environment environment, MeterRegistry registry, HotStreams streams) {
        History history =
                History.connect(environment.getProperty("mongodb.uri", "mongodb://localhost:27017/parley"), registry);
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
            History history,
            HotStreams streams,
            ChatService chat,
            SseResponses responses,
            LogTail tail,
            ProjectionCatchUp catchUp) {
        return new ConversationsApi(
                new Conversations(history, streams), chat, responses, tail::isWarm, catchUp::isBehind);
    }

    @Bean
    StreamsApi gatewayStreamsApi(HotStreams streams, History history, GatewayKafka kafka, ProjectionCatchUp catchUp) {
        StreamLookup lookup = new StreamLookup(kafka::lookup, LOOKUP_BOUND);
        return new StreamsApi(streams, history, new StreamAudits(streams, history, lookup), catchUp::isBehind);
    }
}
