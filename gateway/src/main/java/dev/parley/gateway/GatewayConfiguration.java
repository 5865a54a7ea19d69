package dev.parley.gateway;

import dev.parley.gateway.auth.AuthSettings;
import dev.parley.gateway.auth.OriginPolicy;
import dev.parley.gateway.auth.TokenVerifier;
import dev.parley.gateway.chat.ChatService;
import dev.parley.gateway.chat.CommandSender;
import dev.parley.gateway.chat.KnownMessageIds;
import dev.parley.gateway.chat.MessageRateLimit;
import dev.parley.gateway.chat.PastStreams;
import dev.parley.gateway.chat.Scheduler;
import dev.parley.gateway.connections.ConnectionAnnouncer;
import dev.parley.gateway.connections.RemoteConnections;
import dev.parley.gateway.history.ProjectionCatchUp;
import dev.parley.gateway.http.SseResponses;
import dev.parley.gateway.publish.CommandFactory;
import dev.parley.gateway.publish.CommandPublisher;
import dev.parley.gateway.relay.HotStreams;
import dev.parley.gateway.relay.PastStreamMemory;
import dev.parley.gateway.relay.Relay;
import dev.parley.gateway.settings.DevSettings;
import dev.parley.gateway.settings.GatewaySettings;
import dev.parley.gateway.settings.LimitSettings;
import dev.parley.gateway.settings.OriginSettings;
import dev.parley.gateway.tail.CutOffMonitor;
import dev.parley.gateway.tail.LogTail;
import dev.parley.gateway.websocket.SocketEndpoint;
import dev.parley.service.startup.RequiredThreads;
import dev.parley.service.startup.SettingsCheck;
import dev.parley.service.startup.TopicProperties;
import dev.parley.service.trace.Traces;
import dev.parley.store.read.StoredHistory;
import io.github.bucket4j.TimeMeter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.kafka.autoconfigure.KafkaProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.env.Environment;

/** The beans of a gateway that several of its parts use, and the configurations of the parts. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties({
    GatewaySettings.class,
    OriginSettings.class,
    DevSettings.class,
    LimitSettings.class,
    AuthSettings.class,
    TopicProperties.class,
    KafkaProperties.class
})
@Import({
    SettingsCheck.class,
    RequiredThreads.class,
    KafkaConfiguration.class,
    HistoryConfiguration.class,
    WebSocketConfiguration.class,
    HttpConfiguration.class
})
public class GatewayConfiguration {

    @Bean
    TokenVerifier gatewayTokenVerifier(AuthSettings settings) {
        return new TokenVerifier(settings, Clock.systemUTC());
    }

    @Bean
    OriginPolicy gatewayOriginPolicy(OriginSettings settings) {
        return new OriginPolicy(settings.allowedOrigins());
    }

    @Bean
    Traces gatewayTraces(Environment environment) {
        return Traces.of("parley-gateway", environment::getProperty);
    }

    @Bean
    GatewayMetrics gatewayMetrics(MeterRegistry registry, Relay relay, CommandPublisher publisher) {
        return new GatewayMetrics(registry, relay, publisher::queued);
    }

    @Bean
    Relay gatewayRelay(GatewaySettings settings, PastStreamMemory past) {
        return new Relay(settings.window(), past);
    }

    @Bean
    HotStreams gatewayHotStreams(Relay relay) {
        return relay.streams();
    }

    @Bean
    PastStreamMemory gatewayPastStreamMemory(GatewaySettings settings) {
        return new PastStreamMemory(settings.sse().pastStreamBytes());
    }

    @Bean
    MessageRateLimit gatewayMessageRateLimit(LimitSettings limits) {
        return new MessageRateLimit(limits.messagesPerMinute(), limits.stopsPerMinute(), TimeMeter.SYSTEM_NANOTIME);
    }

    @Bean
    ChatService gatewayChatService(
            Relay relay,
            RemoteConnections remoteConnections,
            CommandPublisher publisher,
            MessageRateLimit rate,
            LogTail tail,
            GatewayMetrics metrics,
            GatewaySettings settings,
            Traces gatewayTraces,
            StoredHistory history,
            ProjectionCatchUp catchUp,
            KnownMessageIds knownIds,
            PastStreamMemory past) {
        CommandFactory commands =
                new CommandFactory(settings.nodeId(), settings.publish().onBusy());
        Scheduler scheduler =
                (task, delay) -> CompletableFuture.delayedExecutor(delay.toMillis(), TimeUnit.MILLISECONDS)
                        .execute(task);
        return new ChatService(
                relay,
                remoteConnections,
                new CommandSender(publisher, metrics, gatewayTraces),
                commands,
                rate,
                tail::isWarm,
                Clock.systemUTC(),
                scheduler,
                new PastStreams(history.archives()::find, catchUp::isBehind, past),
                knownIds);
    }

    @Bean
    RemoteConnections gatewayRemoteConnections(GatewaySettings settings) {
        return new RemoteConnections(settings.nodeId());
    }

    @Bean(initMethod = "start")
    ConnectionAnnouncer gatewayConnectionAnnouncer(
            GatewaySettings settings, Relay relay, CommandPublisher publisher, RequiredThreads requiredThreads) {
        return new ConnectionAnnouncer(settings.nodeId(), relay, publisher, MonotonicClock::nowMs, requiredThreads);
    }

    @Bean(initMethod = "start")
    CutOffMonitor gatewayCutOffMonitor(
            LogTail tail,
            StoredHistory history,
            SocketEndpoint sockets,
            SseResponses responses,
            GatewaySettings settings,
            RequiredThreads requiredThreads) {
        return new CutOffMonitor(
                tail::stalledMs,
                history::progress,
                () -> {
                    sockets.requestReconnect();
                    responses.requestReconnect();
                },
                settings.tail(),
                requiredThreads);
    }
}
