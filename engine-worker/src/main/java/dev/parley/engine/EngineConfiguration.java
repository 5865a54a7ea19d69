package dev.parley.engine;

import dev.parley.engine.context.WorkerStore;
import dev.parley.engine.coordinator.CoordinatorSettings;
import dev.parley.engine.kafka.Worker;
import dev.parley.engine.kafka.WorkerKafka;
import dev.parley.engine.metrics.EngineMetrics;
import dev.parley.engine.state.Decider;
import dev.parley.engine.state.DecisionSettings;
import dev.parley.engine.state.PartitionState;
import dev.parley.engine.stream.Limits;
import dev.parley.engine.stream.WriterSettings;
import dev.parley.engine.writer.WriterContext;
import dev.parley.prompt.assembly.ContextSettings;
import dev.parley.prompt.assembly.ConversationPrompts;
import dev.parley.prompt.assembly.PartSources;
import dev.parley.prompt.emotion.Emotions;
import dev.parley.prompt.emotion.LexiconEmotions;
import dev.parley.prompt.retrieval.RelevantTurns;
import dev.parley.providers.Providers;
import dev.parley.providers.selection.ProviderConfiguration;
import dev.parley.schema.kafka.ProjectionPosition;
import dev.parley.schema.kafka.TopicSettings;
import dev.parley.service.kafka.BrokerClock;
import dev.parley.service.kafka.ProjectionProgress;
import dev.parley.service.kafka.client.KafkaClients;
import dev.parley.service.kafka.client.KafkaConnection;
import dev.parley.service.startup.Address;
import dev.parley.service.startup.RequiredThreads;
import dev.parley.service.startup.SettingsCheck;
import dev.parley.service.startup.TopicProperties;
import dev.parley.service.trace.Traces;
import dev.parley.store.StoreAddress;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.UUID;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.kafka.autoconfigure.KafkaProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.env.Environment;

/** The beans of a worker. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties({
    EngineSettings.class,
    EngineSettings.User.class,
    TopicProperties.class,
    KafkaProperties.class
})
@Import({SettingsCheck.class, RequiredThreads.class, ProviderConfiguration.class})
public class EngineConfiguration {
    private static final Duration PROJECTION_TIMEOUT = Duration.ofSeconds(5);

    @Bean
    EngineMetrics engineMetrics(MeterRegistry registry) {
        return new EngineMetrics(registry);
    }

    @Bean
    Traces engineTraces(Environment environment) {
        return Traces.of("parley-engine-worker", environment::getProperty);
    }

    @Bean
    WorkerStore engineStore(Environment environment, EngineSettings settings, MeterRegistry registry) {
        StoreAddress address =
                Address.ofStore(environment.getProperty("mongodb.uri", StoreAddress.DEFAULT_URI), StoreAddress::parse);
        return new WorkerStore(address, settings.context().budget(), registry);
    }

    /** Watches the folder of documents until the worker closes. */
    @Bean
    EngineDocuments engineDocuments(EngineSettings settings) throws IOException {
        return EngineDocuments.of(settings.context());
    }

    @Bean
    Worker engineWorker(
            EngineSettings settings,
            EngineSettings.User user,
            TopicProperties topics,
            KafkaProperties kafka,
            Providers providers,
            WorkerStore store,
            EngineDocuments documents,
            EngineMetrics metrics,
            MeterRegistry registry,
            Traces engineTraces,
            RequiredThreads requiredThreads,
            Environment environment) {
        String projectionGroup = environment.getProperty("parley.projection.group", ProjectionPosition.DEFAULT_GROUP);
        String workerId = settings.workerId().isEmpty() ? Names.worker() : settings.workerId();
        BrokerClock clock = new BrokerClock(InstantSource.system(), System::nanoTime);
        ConversationPrompts conversation = new ConversationPrompts(
                contextSettings(settings.context()),
                store.context(),
                new PartSources(emotions(settings.context()), Optional.of(store.context()), documents.found()),
                System::nanoTime);
        Worker worker = new Worker(
                new WorkerKafka(
                        workerId,
                        settings.group(),
                        settings.groupProtocol(),
                        settings.lease(),
                        KafkaClients.measured(KafkaConnection.same(kafka.buildAdminProperties()), registry)),
                new Worker.Setup(
                        workerId,
                        new TopicSettings(topics.partitions(), topics.replicas()),
                        partitions -> new CoordinatorSettings(
                                workerId,
                                settings.streams(Runtime.getRuntime().maxMemory()),
                                settings.agingStep(),
                                standbySlots(settings),
                                settings.lease(),
                                settings.lease().dividedBy(3),
                                settings.view().maxKnownIds() / partitions,
                                bounds(settings, partitions)),
                        new Decider(decisionSettings(settings, user)),
                        appender -> new WriterContext(
                                workerId,
                                appender,
                                providers,
                                conversation,
                                writerSettings(settings),
                                new Limits(user.maxAnswerChars(), settings.maxChunkChars()),
                                metrics,
                                engineTraces,
                                clock,
                                System::nanoTime,
                                () -> UUID.randomUUID().toString()),
                        store,
                        metrics,
                        settings.tail(),
                        settings.model().totalTimeout().multipliedBy(2),
                        new Worker.Bounds(settings.maxUnfinished(), settings.maxUnfinishedChars()),
                        it -> ProjectionProgress.asking(
                                it::admin,
                                admin -> ProjectionPosition.read(admin, projectionGroup, PROJECTION_TIMEOUT),
                                PROJECTION_TIMEOUT),
                        Names::claimToken,
                        clock,
                        System::nanoTime),
                requiredThreads);
        metrics.watch(worker::load);
        return worker;
    }

    @Bean
    EngineLifecycle engineLifecycle(Worker engineWorker, EngineSettings settings) {
        return new EngineLifecycle(engineWorker, settings.drainTimeout());
    }

    @Bean
    EngineHealth engineHealthIndicator(Worker engineWorker) {
        return new EngineHealth(engineWorker);
    }

    /** With {@code tail: own} only the first standby reads a partition, so there is one rank. */
    private static int standbySlots(EngineSettings settings) {
        return settings.tail() == Worker.Tail.OWN ? Math.min(1, settings.standbySlots()) : settings.standbySlots();
    }

    private static DecisionSettings decisionSettings(EngineSettings settings, EngineSettings.User user) {
        return new DecisionSettings(
                settings.lease(),
                settings.stopPatience(),
                settings.standbyStep(),
                settings.actingOwnerStep(),
                settings.maxAttempts(),
                settings.onTakeover() == EngineSettings.OnTakeover.CONTINUE,
                user.maxStreams());
    }

    private static WriterSettings writerSettings(EngineSettings settings) {
        return new WriterSettings(
                settings.lease(),
                settings.model().firstTokenTimeout(),
                settings.model().idleTimeout(),
                settings.model().totalTimeout());
    }

    private static Optional<Emotions> emotions(EngineSettings.Context context) {
        return context.emotion().enabled() ? Optional.of(new LexiconEmotions()) : Optional.empty();
    }

    private static ContextSettings contextSettings(EngineSettings.Context context) {
        return new ContextSettings(
                context.systemPrompt(),
                context.maxTurns(),
                context.maxTokens(),
                context.budget(),
                context.relevant().searchedTurns(),
                new RelevantTurns.Bounds(
                        context.relevant().maxTurns(), context.relevant().maxTokens()),
                new ContextSettings.PassageBounds(
                        context.rag().maxPassages(), context.rag().maxTokens()),
                new ContextSettings.Budgets(
                        context.emotion().budget(),
                        context.difficulty().budget(),
                        context.rag().budget()));
    }

    private static PartitionState.Bounds bounds(EngineSettings settings, int partitions) {
        EngineSettings.View view = settings.view();
        return new PartitionState.Bounds(
                view.maxChars() / partitions,
                view.maxTurnsPerSession(),
                view.maxForgottenTurns() / partitions,
                view.maxEarlyStops() / partitions,
                view.memory(),
                settings.lease());
    }
}
