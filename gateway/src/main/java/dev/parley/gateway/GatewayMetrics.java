package dev.parley.gateway;

import dev.parley.gateway.relay.CloseReason;
import dev.parley.gateway.relay.HotStreams;
import dev.parley.gateway.relay.Relay;
import dev.parley.schema.ErrorCode;
import dev.parley.schema.command.Command;
import dev.parley.schema.json.Vocabulary;
import dev.parley.schema.log.DropReason;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntSupplier;
import java.util.function.ToDoubleFunction;

/** The gateway's metrics, which {@code docs/metrics.md} describes. The values of a tag are few and fixed, and contain no data of users. */
public final class GatewayMetrics {

    private static final String PREFIX = "parley.gateway.";

    /** The close codes of the WebSocket standard. Clients may send any others, which count as one. */
    private static final int FIRST_STANDARD_CLOSE = 1000;

    private static final int LAST_STANDARD_CLOSE = 1015;
    private static final String OTHER = "other";

    private final MeterRegistry registry;
    private final Map<Transport, Timer> relayLatency = new EnumMap<>(Transport.class);
    private final Timer publishLatency;
    private final Counter sseAnswers;
    private final Counter sseBrokenOff;
    private final Counter unreadable;
    private final Map<ErrorCode, Counter> socketRefusals = new EnumMap<>(ErrorCode.class);
    private final Map<ErrorCode, Counter> httpRefusals = new EnumMap<>(ErrorCode.class);
    private final Map<DropReason, Counter> dropped = new EnumMap<>(DropReason.class);

    private final AtomicLong lag = new AtomicLong();

    /** How events reach a client. */
    public enum Transport {
        WEBSOCKET,
        SSE
    }

    /** @param queuedCommands number of commands that wait for the producer */
    public GatewayMetrics(MeterRegistry registry, Relay relay, IntSupplier queuedCommands) {
        this.registry = registry;
        for (Transport transport : Transport.values()) {
            relayLatency.put(
                    transport,
                    Timer.builder(PREFIX + "relay.latency")
                            .description(
                                    "Time from an event's record to its write to a client that had all events before it")
                            .tag("transport", transport.name().toLowerCase(Locale.ROOT))
                            .publishPercentileHistogram()
                            .minimumExpectedValue(Duration.ofMillis(1))
                            .maximumExpectedValue(Duration.ofSeconds(30))
                            .register(registry));
        }
        this.publishLatency = Timer.builder(PREFIX + "publish.latency")
                .description("Time from a client's command to the brokers' acknowledgement")
                .publishPercentileHistogram()
                .minimumExpectedValue(Duration.ofMillis(1))
                .maximumExpectedValue(Duration.ofSeconds(10))
                .register(registry);
        this.sseAnswers = Counter.builder(PREFIX + "sse.answers")
                .description("Responses with server-sent events that were begun")
                .register(registry);
        this.sseBrokenOff = Counter.builder(PREFIX + "sse.broken.off")
                .description("Responses that were broken off before their end")
                .register(registry);
        for (ErrorCode code : ErrorCode.values()) {
            socketRefusals.put(code, refusalCounter("websocket", code));
            httpRefusals.put(code, refusalCounter("http", code));
        }
        for (DropReason reason : DropReason.values()) {
            dropped.put(reason, droppedCounter(reason.wireName()));
        }
        this.unreadable = droppedCounter("unreadable");
        Vocabulary.of(Command.class).names().forEach(this::commandCounter);
        Arrays.stream(CloseReason.values()).forEach(closing -> closeCounter(String.valueOf(closing.code())));
        gauge("connections", "Open connections", relay, Relay::connections);
        gauge("window.bytes", "Bytes in the hot window", relay.streams(), HotStreams::bytes);
        gauge("window.streams", "Streams in the hot window", relay.streams(), HotStreams::size);
        gauge("past.bytes", "Bytes of past streams that are held for their readers", relay, Relay::pastBytes);
        gauge("lag.records", "Records of the log that the gateway has not read yet", lag, AtomicLong::get);
        gauge("connection.queue.bytes", "Bytes that wait in the connection queues", relay, Relay::backlogBytes);
        gauge("publish.queued", "Commands that wait for the producer", queuedCommands, IntSupplier::getAsInt);
    }

    private Counter refusalCounter(String transport, ErrorCode code) {
        return Counter.builder(PREFIX + "refusals")
                .description("Requests that were refused, and responses that ended with an error before their stream")
                .tag("transport", transport)
                .tag("code", code.name())
                .register(registry);
    }

    private Counter droppedCounter(String reason) {
        return Counter.builder(PREFIX + "events.dropped")
                .description("Records of chat.events that were discarded")
                .tag("reason", reason)
                .register(registry);
    }

    /** Sets the number of records of the log that were not read yet. */
    public void behind(long records) {
        lag.set(records);
    }

    private <T> void gauge(String name, String description, T of, ToDoubleFunction<T> value) {
        Gauge.builder(PREFIX + name, of, value)
                .description(description)
                .strongReference(true)
                .register(registry);
    }

    /** A live event was written to a client. */
    public void relayed(Transport transport, long latencyMs) {
        Objects.requireNonNull(relayLatency.get(transport)).record(Duration.ofMillis(Math.max(0, latencyMs)));
    }

    /** @param type wire name of the command */
    public void acknowledged(String type, long nanos) {
        publishLatency.record(Duration.ofNanos(nanos));
        commandCounter(type).increment();
    }

    private Counter commandCounter(String type) {
        return Counter.builder(PREFIX + "commands")
                .description("Commands that Kafka has acknowledged")
                .tag("type", type)
                .register(registry);
    }

    /** An {@code error} frame on a WebSocket. */
    public void refused(ErrorCode code) {
        Objects.requireNonNull(socketRefusals.get(code)).increment();
    }

    /** Problem details, or an {@code error} event that ends a response early. */
    public void refusedOverHttp(ErrorCode code) {
        Objects.requireNonNull(httpRefusals.get(code)).increment();
    }

    public void sseOpened() {
        sseAnswers.increment();
    }

    /** A response was broken off. */
    public void sseBrokenOff() {
        sseBrokenOff.increment();
    }

    /** @param code the code that was sent or received */
    public void closed(int code) {
        boolean known = (code >= FIRST_STANDARD_CLOSE && code <= LAST_STANDARD_CLOSE)
                || Arrays.stream(CloseReason.values()).anyMatch(closing -> closing.code() == code);
        closeCounter(known ? String.valueOf(code) : OTHER).increment();
    }

    private Counter closeCounter(String code) {
        return Counter.builder(PREFIX + "closes")
                .description("WebSockets that were closed")
                .tag("code", code)
                .register(registry);
    }

    public void handshakeRefused(int status) {
        Counter.builder(PREFIX + "handshakes.refused")
                .description("WebSocket handshakes that were refused")
                .tag("status", String.valueOf(status))
                .register(registry)
                .increment();
    }

    public void dropped(DropReason reason) {
        Objects.requireNonNull(dropped.get(reason)).increment();
    }

    public void unreadable() {
        unreadable.increment();
    }
}
