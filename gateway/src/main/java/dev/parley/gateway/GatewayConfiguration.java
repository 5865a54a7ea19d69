package dev.parley.gateway;

import dev.parley.gateway.auth.AuthSettings;
import dev.parley.gateway.auth.OriginPolicy;
import dev.parley.gateway.auth.TokenIssuer;
import dev.parley.gateway.auth.TokenVerifier;
import dev.parley.gateway.history.Conversations;
import dev.parley.gateway.history.History;
import dev.parley.gateway.history.StoreCatchUp;
import dev.parley.gateway.http.AnswerConnections;
import dev.parley.gateway.http.Audits;
import dev.parley.gateway.http.ChatApi;
import dev.parley.gateway.http.ConversationsApi;
import dev.parley.gateway.http.DevTokenApi;
import dev.parley.gateway.http.EventStreams;
import dev.parley.gateway.http.ListedOrigins;
import dev.parley.gateway.http.OuterErrors;
import dev.parley.gateway.http.Problems;
import dev.parley.gateway.http.SecurityHeaders;
import dev.parley.gateway.http.SilentRefusals;
import dev.parley.gateway.http.StreamsApi;
import dev.parley.gateway.http.TokenFilter;
import dev.parley.gateway.presence.Elsewhere;
import dev.parley.gateway.presence.Presence;
import dev.parley.gateway.publish.CommandPublisher;
import dev.parley.gateway.publish.Commands;
import dev.parley.gateway.publish.PublishHealth;
import dev.parley.gateway.relay.PastBytes;
import dev.parley.gateway.relay.Relay;
import dev.parley.gateway.request.MessageRate;
import dev.parley.gateway.request.PastStreams;
import dev.parley.gateway.request.Repeats;
import dev.parley.gateway.request.Requests;
import dev.parley.gateway.socket.Edge;
import dev.parley.gateway.socket.Handshake;
import dev.parley.gateway.socket.LongHeads;
import dev.parley.gateway.socket.PlainHandshake;
import dev.parley.gateway.socket.SmallBuffers;
import dev.parley.gateway.socket.SocketEndpoint;
import dev.parley.gateway.tail.CutOffWatch;
import dev.parley.gateway.tail.LogTail;
import dev.parley.gateway.tail.PastCommands;
import dev.parley.gateway.tail.TailHealth;
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
    GatewaySettings.Edge.class,
    GatewaySettings.Dev.class,
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
    OriginPolicy gatewayOriginPolicy(GatewaySettings.Edge settings) {
        return new OriginPolicy(settings.allowedOrigins());
    }

    @Bean
    Relay gatewayRelay(GatewaySettings settings, PastBytes past) {
        return new Relay(settings.window().bounds(), past);
    }

    @Bean
    PastBytes gatewayPastBytes(GatewaySettings settings) {
        return settings.sse().pastBytes();
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
    PublishHealth gatewayPublishHealthIndicator(AppendHealth gatewayAppendHealth) {
        return new PublishHealth(gatewayAppendHealth);
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

    @Bean(initMethod = "start")
    LogTail gatewayTail(
            GatewayKafka kafka,
            CommandPublisher publisher,
            Relay relay,
            MessageRate rate,
            Repeats repeats,
            Elsewhere elsewhere,
            GatewayMetrics metrics,
            GatewaySettings settings,
            RequiredThreads requiredThreads) {
        LogTail.PartitionCount topics = () -> {
            int partitions = kafka.ensureTopics();
            publisher.topicsReady(partitions);
            return partitions;
        };
        return new LogTail(
                        kafka::tail,
                        topics,
                        relay,
                        rate,
                        repeats,
                        elsewhere,
                        metrics,
                        Requests::nowMs,
                        settings.window().warmUpMs(),
                        settings.tail())
                .neededBy(requiredThreads);
    }

    @Bean(initMethod = "start")
    CutOffWatch gatewayCutOffWatch(
            LogTail tail,
            History history,
            SocketEndpoint sockets,
            EventStreams answers,
            GatewaySettings settings,
            RequiredThreads requiredThreads) {
        return new CutOffWatch(
                tail::stalledMs,
                history::progress,
                () -> {
                    sockets.sendElsewhere();
                    answers.sendElsewhere();
                },
                settings.tail(),
                requiredThreads);
    }

    @Bean
    Repeats gatewayRepeats(GatewaySettings settings, ObjectProvider<LogTail> tail) {
        return new Repeats(settings.window().maxIds(), () -> tail.getObject().isWarm());
    }

    @Bean(initMethod = "start")
    PastCommands gatewayPastCommands(
            GatewayKafka kafka, LogTail tail, Repeats repeats, RequiredThreads requiredThreads) {
        return new PastCommands(kafka::lookup, tail::commandsFrom, repeats, requiredThreads);
    }

    @Bean
    MessageRate gatewayMessageRate(LimitSettings limits) {
        return new MessageRate(limits.messagesPerMinute(), limits.stopsPerMinute(), TimeMeter.SYSTEM_NANOTIME);
    }

    @Bean
    Elsewhere gatewayElsewhere(GatewaySettings settings) {
        return new Elsewhere(settings.nodeId());
    }

    @Bean(initMethod = "start")
    Presence gatewayPresence(
            GatewaySettings settings, Relay relay, CommandPublisher publisher, RequiredThreads requiredThreads) {
        return new Presence(settings.nodeId(), relay, publisher, Requests::nowMs, requiredThreads);
    }

    @Bean
    TailHealth gatewayTailHealthIndicator(LogTail tail) {
        return new TailHealth(tail);
    }

    @Bean
    Traces gatewayTraces(Environment environment) {
        return Traces.of("parley-gateway", environment::getProperty);
    }

    @Bean
    Requests gatewayRequests(
            Relay relay,
            Elsewhere elsewhere,
            CommandPublisher publisher,
            MessageRate rate,
            LogTail tail,
            GatewayMetrics metrics,
            GatewaySettings settings,
            Traces gatewayTraces,
            History history,
            StoreCatchUp catchUp,
            Repeats repeats,
            PastBytes past) {
        Commands commands = new Commands(settings.nodeId(), settings.publish().onBusy());
        Requests.Later later = (what, afterMs) -> CompletableFuture.delayedExecutor(afterMs, TimeUnit.MILLISECONDS)
                .execute(what);
        return new Requests(
                relay,
                elsewhere,
                publisher,
                commands,
                rate,
                tail::isWarm,
                metrics,
                Clock.systemUTC(),
                later,
                gatewayTraces,
                new PastStreams(history::archived, catchUp::isBehind, past),
                repeats);
    }

    @Bean
    Edge gatewayEdge(
            Requests requests,
            TokenVerifier verifier,
            GatewayMetrics metrics,
            GatewaySettings settings,
            LimitSettings limits) {
        return new Edge(requests, verifier, metrics, limits.frame(), settings.socket(), Clock.systemUTC());
    }

    @Bean
    SocketEndpoint gatewaySockets(Edge edge, RequiredThreads requiredThreads) {
        return new SocketEndpoint(edge, requiredThreads);
    }

    @Bean
    WebSocketConfigurer gatewaySocketConfigurer(
            SocketEndpoint sockets,
            TokenVerifier verifier,
            OriginPolicy origins,
            AuthSettings auth,
            GatewayMetrics metrics) {
        Handshake handshake = new Handshake(verifier, origins, auth.queryToken(), sockets, metrics);
        return registry -> registry.addHandler(sockets, SOCKET_PATH)
                .setHandshakeHandler(new PlainHandshake())
                .addInterceptors(handshake)
                .setAllowedOriginPatterns("*"); // the handshake checks the Origin, by our own list
    }

    @Bean
    SmallBuffers gatewaySmallBuffers() {
        return new SmallBuffers();
    }

    @Bean
    LongHeads gatewayLongHeads() {
        return new LongHeads();
    }

    @Bean
    SilentRefusals gatewaySilentRefusals() {
        return new SilentRefusals();
    }

    @Bean
    ServletServerContainerFactoryBean gatewaySocketContainer() {
        return SmallBuffers.container();
    }

    // ---- HTTP
    // --------------------------------------------------------------------------------------------------------

    @Bean
    FilterRegistrationBean<SecurityHeaders> gatewaySecurityHeaders() {
        return new FilterRegistrationBean<>(new SecurityHeaders());
    }

    /** Before the token: a browser asks without one first. */
    @Bean
    FilterRegistrationBean<ListedOrigins> gatewayListedOrigins(OriginPolicy origins) {
        FilterRegistrationBean<ListedOrigins> filter = new FilterRegistrationBean<>(new ListedOrigins(origins));
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
    EventStreams gatewayEventStreams(
            Relay relay, GatewayMetrics metrics, GatewaySettings settings, RequiredThreads requiredThreads) {
        return new EventStreams(relay, metrics, settings.socket(), Clock.systemUTC(), requiredThreads);
    }

    @Bean
    AnswerConnections gatewayAnswerConnections() {
        return new AnswerConnections();
    }

    @Bean
    ChatApi gatewayChat(
            Requests requests,
            EventStreams streams,
            History history,
            GatewaySettings settings,
            LimitSettings limits,
            PastBytes past) {
        return new ChatApi(requests, streams, history, settings, limits, past);
    }

    @Bean
    Problems gatewayProblems(GatewayMetrics metrics) {
        return new Problems(metrics);
    }

    @Bean
    OuterErrors gatewayOuterErrors(GatewayMetrics metrics) {
        return new OuterErrors(metrics);
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
    StoreCatchUp gatewayStoreCatchUp(
            GatewayKafka kafka, LogTail tail, Environment environment, RequiredThreads requiredThreads) {
        String group = environment.getProperty("parley.projection.group", ProjectionPosition.DEFAULT_GROUP);
        return new StoreCatchUp(
                tail::eventEndsAtStart,
                ProjectionProgress.ofGroup(kafka::admin, group, GatewayKafka.ADMIN_TIMEOUT),
                LOOK_FOR_PROJECTION,
                requiredThreads);
    }

    @Bean
    ConversationsApi gatewayConversations(
            History history, Relay relay, Requests requests, EventStreams answers, LogTail tail, StoreCatchUp catchUp) {
        return new ConversationsApi(
                new Conversations(history, relay), requests, answers, tail::isWarm, catchUp::isBehind);
    }

    @Bean
    StreamsApi gatewayStreams(Relay relay, History history, GatewayKafka kafka, StoreCatchUp catchUp) {
        StreamLookup lookup = new StreamLookup(kafka::lookup, LOOKUP_BOUND);
        return new StreamsApi(relay, history, new Audits(relay, history, lookup), catchUp::isBehind);
    }
}
