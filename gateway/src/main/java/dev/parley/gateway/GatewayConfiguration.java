package dev.parley.gateway;

import dev.parley.gateway.auth.AuthSettings;
import dev.parley.gateway.auth.OriginPolicy;
import dev.parley.gateway.auth.TokenIssuer;
import dev.parley.gateway.auth.TokenVerifier;
import dev.parley.gateway.chat.ChatService;
import dev.parley.gateway.chat.CommandSender;
import dev.parley.gateway.chat.KnownMessageIds;
import dev.parley.gateway.chat.MessageRateLimit;
import dev.parley.gateway.chat.PastStreams;
import dev.parley.gateway.chat.Scheduler;
import dev.parley.gateway.connections.ConnectionAnnouncer;
import dev.parley.gateway.connections.RemoteConnections;
import dev.parley.gateway.history.Conversations;
import dev.parley.gateway.history.History;
import dev.parley.gateway.history.ProjectionCatchUp;
import dev.parley.gateway.http.AllowedOriginsFilter;
import dev.parley.gateway.http.ChatApi;
import dev.parley.gateway.http.ContainerErrorController;
import dev.parley.gateway.http.ConversationsApi;
import dev.parley.gateway.http.DevTokenApi;
import dev.parley.gateway.http.ProblemHandler;
import dev.parley.gateway.http.QuietTomcatLog;
import dev.parley.gateway.http.ResponseConnections;
import dev.parley.gateway.http.SecurityHeadersFilter;
import dev.parley.gateway.http.SseResponses;
import dev.parley.gateway.http.StreamAudits;
import dev.parley.gateway.http.StreamsApi;
import dev.parley.gateway.http.TokenFilter;
import dev.parley.gateway.publish.CommandFactory;
import dev.parley.gateway.publish.CommandPublisher;
import dev.parley.gateway.publish.PublishHealthIndicator;
import dev.parley.gateway.relay.PastStreamMemory;
import dev.parley.gateway.relay.Relay;
import dev.parley.gateway.settings.DevSettings;
import dev.parley.gateway.settings.GatewaySettings;
import dev.parley.gateway.settings.LimitSettings;
import dev.parley.gateway.settings.OriginSettings;
import dev.parley.gateway.tail.CutOffMonitor;
import dev.parley.gateway.tail.LogRecordHandler;
import dev.parley.gateway.tail.LogTail;
import dev.parley.gateway.tail.PastCommandsReader;
import dev.parley.gateway.tail.TailHealthIndicator;
import dev.parley.gateway.websocket.HandshakeChecks;
import dev.parley.gateway.websocket.HeaderTooLargeStatus;
import dev.parley.gateway.websocket.SmallSocketBuffers;
import dev.parley.gateway.websocket.SocketContext;
import dev.parley.gateway.websocket.SocketEndpoint;
import dev.parley.gateway.websocket.UncompressedHandshakeHandler;
import dev.parley.schema.kafka.AppendHealth;
import dev.parley.schema.kafka.AppendProbe;
import dev.parley.schema.kafka.ProjectionPosition;
import dev.parley.schema.kafka.ProjectionProgress;
import dev.parley.schema.kafka.StreamLookup;
import dev.parley.schema.kafka.Topics;
import dev.parley.schema.kafka.metered.MeteredClients;
import dev.parley.schema.startup.RequiredThreads;
import dev.parley.schema.startup.SettingsCheck;
import dev.parley.schema.startup.TopicProperties;
import dev.parley.schema.trace.Traces;
import io.github.bucket4j.TimeMeter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.kafka.autoconfigure.KafkaProperties;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.Ordered;
import org.springframework.core.env.Environment;
import org.springframework.web.socket.config.annotation.EnableWebSocket;
import org.springframework.web.socket.config.annotation.WebSocketConfigurer;
import org.springframework.web.socket.server.standard.ServletServerContainerFactoryBean;

/** The gateway, put together. */
@Configuration(proxyBeanMethods = false)
@EnableWebSocket
@EnableConfigurationProperties({
    GatewaySettings.class,
    OriginSettings.class,
    DevSettings.class,
    LimitSettings.class,
    AuthSettings.class,
    TopicProperties.class,
    KafkaProperties.class
})
@Import({SettingsCheck.class, RequiredThreads.class})
public class GatewayConfiguration {

    private static final String SOCKET_PATH = "/api/ws";

    /** Longest that an audit reads in Kafka. */
    private static final Duration LOOKUP_BOUND = Duration.ofSeconds(5);

    /** Between two looks how far the projection is, while it is behind. */
    private static final Duration LOOK_FOR_PROJECTION = Duration.ofMillis(500);

    @Bean
    TokenVerifier gatewayTokenVerifier(AuthSettings settings) {
        return new TokenVerifier(settings, Clock.systemUTC());
    }

    @Bean
    OriginPolicy gatewayOriginPolicy(OriginSettings settings) {
        return new OriginPolicy(settings.allowedOrigins());
    }

    @Bean
    Relay gatewayRelay(GatewaySettings settings, PastStreamMemory past) {
        return new Relay(settings.window(), past);
    }

    @Bean
    PastStreamMemory gatewayPastBytes(GatewaySettings settings) {
        return new PastStreamMemory(settings.sse().pastStreamBytes());
    }

    @Bean
    GatewayMetrics gatewayMetrics(MeterRegistry registry, Relay relay, CommandPublisher publisher) {
        return new GatewayMetrics(registry, relay, publisher::queued);
    }

    @Bean
    GatewayKafka gatewayKafka(
            KafkaProperties kafka, TopicProperties topics, GatewaySettings settings, MeterRegistry registry) {
        return new GatewayKafka(kafka, topics.topics(), settings, new MeteredClients(registry));
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
    CommandPublisher gatewayPublisher(
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

    @Bean(initMethod = "start")
    CutOffMonitor gatewayCutOffWatch(
            LogTail tail,
            History history,
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

    @Bean
    KnownMessageIds gatewayKnownMessageIds(GatewaySettings settings, ObjectProvider<LogTail> tail) {
        return new KnownMessageIds(
                settings.window().maxIds(), () -> tail.getObject().isWarm());
    }

    @Bean(initMethod = "start")
    PastCommandsReader gatewayPastCommands(
            GatewayKafka kafka, LogTail tail, KnownMessageIds knownIds, RequiredThreads requiredThreads) {
        return new PastCommandsReader(kafka::lookup, tail::commandsFrom, knownIds, requiredThreads);
    }

    @Bean
    MessageRateLimit gatewayMessageRate(LimitSettings limits) {
        return new MessageRateLimit(limits.messagesPerMinute(), limits.stopsPerMinute(), TimeMeter.SYSTEM_NANOTIME);
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

    @Bean
    TailHealthIndicator gatewayTailHealthIndicator(LogTail tail) {
        return new TailHealthIndicator(tail);
    }

    @Bean
    Traces gatewayTraces(Environment environment) {
        return Traces.of("parley-gateway", environment::getProperty);
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
            History history,
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
                new PastStreams(history::archived, catchUp::isBehind, past),
                knownIds);
    }

    @Bean
    SocketContext gatewaySocketContext(
            ChatService chat,
            TokenVerifier verifier,
            GatewayMetrics metrics,
            GatewaySettings settings,
            LimitSettings limits) {
        return new SocketContext(chat, verifier, metrics, limits.frame(), settings.socket(), Clock.systemUTC());
    }

    @Bean
    SocketEndpoint gatewaySockets(SocketContext context, RequiredThreads requiredThreads) {
        return new SocketEndpoint(context, requiredThreads);
    }

    @Bean
    WebSocketConfigurer gatewaySocketConfigurer(
            SocketEndpoint sockets,
            TokenVerifier verifier,
            OriginPolicy origins,
            AuthSettings auth,
            GatewayMetrics metrics) {
        HandshakeChecks handshake = new HandshakeChecks(verifier, origins, auth.queryToken(), sockets, metrics);
        return registry -> registry.addHandler(sockets, SOCKET_PATH)
                .setHandshakeHandler(new UncompressedHandshakeHandler())
                .addInterceptors(handshake)
                .setAllowedOriginPatterns("*"); // the handshake checks the Origin, by our own list
    }

    @Bean
    SmallSocketBuffers gatewaySmallBuffers() {
        return new SmallSocketBuffers();
    }

    @Bean
    HeaderTooLargeStatus gatewayLongHeads() {
        return new HeaderTooLargeStatus();
    }

    @Bean
    QuietTomcatLog gatewaySilentRefusals() {
        return new QuietTomcatLog();
    }

    @Bean
    ServletServerContainerFactoryBean gatewaySocketContainer() {
        return SmallSocketBuffers.container();
    }

    // ---- HTTP
    // --------------------------------------------------------------------------------------------------------

    @Bean
    FilterRegistrationBean<SecurityHeadersFilter> gatewaySecurityHeaders() {
        return new FilterRegistrationBean<>(new SecurityHeadersFilter());
    }

    /** Before the token: a browser asks without one first. */
    @Bean
    FilterRegistrationBean<AllowedOriginsFilter> gatewayListedOrigins(OriginPolicy origins) {
        FilterRegistrationBean<AllowedOriginsFilter> filter =
                new FilterRegistrationBean<>(new AllowedOriginsFilter(origins));
        filter.addUrlPatterns("/api/*");
        filter.setOrder(Ordered.HIGHEST_PRECEDENCE);
        return filter;
    }

    @Bean
    FilterRegistrationBean<TokenFilter> gatewayTokenFilter(TokenVerifier verifier, GatewayMetrics metrics) {
        FilterRegistrationBean<TokenFilter> filter = new FilterRegistrationBean<>(new TokenFilter(verifier, metrics));
        filter.addUrlPatterns("/api/*");
        return filter;
    }

    @Bean
    SseResponses gatewayEventStreams(
            Relay relay, GatewayMetrics metrics, GatewaySettings settings, RequiredThreads requiredThreads) {
        return new SseResponses(relay, metrics, settings.socket(), Clock.systemUTC(), requiredThreads);
    }

    @Bean
    ResponseConnections gatewayAnswerConnections() {
        return new ResponseConnections();
    }

    @Bean
    ChatApi gatewayChat(ChatService chat, SseResponses responses, GatewaySettings settings, LimitSettings limits) {
        return new ChatApi(chat, responses, settings.sse(), limits);
    }

    @Bean
    ProblemHandler gatewayProblems(GatewayMetrics metrics) {
        return new ProblemHandler(metrics);
    }

    @Bean
    ContainerErrorController gatewayOuterErrors(GatewayMetrics metrics) {
        return new ContainerErrorController(metrics);
    }

    @Bean
    @ConditionalOnBooleanProperty("parley.dev.token-endpoint")
    DevTokenApi gatewayDevTokens(AuthSettings settings, OriginPolicy origins) {
        return new DevTokenApi(new TokenIssuer(settings), origins, Clock.systemUTC());
    }

    @Bean(destroyMethod = "close")
    History gatewayHistory(Environment environment, MeterRegistry registry, Relay relay) {
        History history =
                History.connect(environment.getProperty("mongodb.uri", "mongodb://localhost:27017/parley"), registry);
        history.hideDeleted(relay::deletedAt);
        return history;
    }

    @Bean(initMethod = "start")
    ProjectionCatchUp gatewayStoreCatchUp(
            GatewayKafka kafka, LogTail tail, Environment environment, RequiredThreads requiredThreads) {
        String group = environment.getProperty("parley.projection.group", ProjectionPosition.DEFAULT_GROUP);
        return new ProjectionCatchUp(
                tail::eventEndsAtStart,
                ProjectionProgress.ofGroup(kafka::admin, group, GatewayKafka.ADMIN_TIMEOUT),
                LOOK_FOR_PROJECTION,
                requiredThreads);
    }

    @Bean
    ConversationsApi gatewayConversations(
            History history,
            Relay relay,
            ChatService chat,
            SseResponses responses,
            LogTail tail,
            ProjectionCatchUp catchUp) {
        return new ConversationsApi(
                new Conversations(history, relay), chat, responses, tail::isWarm, catchUp::isBehind);
    }

    @Bean
    StreamsApi gatewayStreams(Relay relay, History history, GatewayKafka kafka, ProjectionCatchUp catchUp) {
        StreamLookup lookup = new StreamLookup(kafka::lookup, LOOKUP_BOUND);
        return new StreamsApi(relay, history, new StreamAudits(relay, history, lookup), catchUp::isBehind);
    }
}
