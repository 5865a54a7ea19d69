package dev.parley.gateway;

import dev.parley.gateway.relay.Relay;
import dev.parley.schema.ErrorCode;
import dev.parley.schema.log.DropReason;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.ToDoubleFunction;

/** What the gateway counts and measures. No tag holds anything of a user's. */
public final class GatewayMetrics {

    private static final String PREFIX = "parley.gateway.";

    private final MeterRegistry registry;
    private final Timer relayLatency;
    private final Timer publishLatency;

    private final AtomicLong lag = new AtomicLong();

    public GatewayMetrics(MeterRegistry registry, Relay relay) {
        this.registry = registry;
        this.relayLatency = Timer.builder(PREFIX + "relay.latency")
                .description("From an event's record time to its socket write, for readers that had all before it")
                .publishPercentileHistogram()
                .minimumExpectedValue(Duration.ofMillis(1))
                .maximumExpectedValue(Duration.ofSeconds(30))
                .register(registry);
        this.publishLatency = Timer.builder(PREFIX + "publish.latency")
                .description("From a client's command to the brokers' acknowledgement")
                .publishPercentileHistogram()
                .minimumExpectedValue(Duration.ofMillis(1))
                .maximumExpectedValue(Duration.ofSeconds(10))
                .register(registry);
        gauge("connections", "Open connections", relay, Relay::connections);
        gauge("window.bytes", "Bytes in the hot window", relay, Relay::windowBytes);
        gauge("window.streams", "Streams in the hot window", relay, Relay::windowStreams);
        gauge("lag.records", "Records of the log that were not read yet", lag, AtomicLong::get);
        gauge("outbound.bytes", "Bytes that readers are behind what is live", relay, Relay::backlog);
    }

    /** How many records of the log were not read yet. */
    public void behind(long records) {
        lag.set(records);
    }

    private <T> void gauge(String name, String description, T of, ToDoubleFunction<T> value) {
        Gauge.builder(PREFIX + name, of, value).description(description).register(registry);
    }

    public void relayed(long latencyMs) {
        relayLatency.record(Duration.ofMillis(Math.max(0, latencyMs)));
    }

    /** @param type wire name of the command */
    public void acknowledged(String type, long nanos) {
        publishLatency.record(Duration.ofNanos(nanos));
        registry.counter(PREFIX + "commands", "type", type).increment();
    }

    public void refused(ErrorCode code) {
        registry.counter(PREFIX + "refusals", "code", code.name()).increment();
    }

    public void sseOpened() {
        registry.counter(PREFIX + "sse.answers").increment();
    }

    public void closed(int code) {
        registry.counter(PREFIX + "closes", "code", String.valueOf(code)).increment();
    }

    public void handshakeRefused(int status) {
        registry.counter(PREFIX + "handshakes.refused", "status", String.valueOf(status))
                .increment();
    }

    public void dropped(DropReason reason) {
        registry.counter(PREFIX + "events.dropped", "reason", reason.wireName()).increment();
    }

    public void unreadable() {
        registry.counter(PREFIX + "events.dropped", "reason", "unreadable").increment();
    }
}
