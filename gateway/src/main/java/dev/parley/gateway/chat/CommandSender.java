package dev.parley.gateway.chat;

import dev.parley.gateway.GatewayMetrics;
import dev.parley.gateway.publish.CommandPublisher;
import dev.parley.gateway.publish.PublishResult;
import dev.parley.gateway.publish.Refusal;
import dev.parley.schema.command.Command;
import dev.parley.schema.json.Vocabulary;
import dev.parley.service.trace.Traces;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Publishes commands of clients, each as one span of its trace, and measures the time until the brokers have it. Does not block. */
public final class CommandSender {

    private final CommandPublisher publisher;
    private final GatewayMetrics metrics;
    private final Traces traces;

    public CommandSender(CommandPublisher publisher, GatewayMetrics metrics, Traces traces) {
        this.publisher = publisher;
        this.metrics = metrics;
        this.traces = traces;
    }

    /**
     * @param traceparent W3C trace context that the client sent, if any
     * @param reply refused if Kafka does not acknowledge the command
     * @param acknowledged called with the command's position when the brokers have it
     */
    void send(
            Command command,
            @Nullable String traceparent,
            ReplyHandler reply,
            Consumer<PublishResult.Acknowledged> acknowledged) {
        long startNanos = System.nanoTime();
        String type = Vocabulary.nameOf(command.getClass());
        Traces.Step step = traces.begin("accept " + type, Traces.Kind.SERVER, traceparent);
        publisher.publish(command, step.traceparent(), result -> {
            switch (result) {
                case PublishResult.Acknowledged position -> {
                    metrics.acknowledged(type, System.nanoTime() - startNanos);
                    step.end();
                    acknowledged.accept(position);
                }
                case PublishResult.Unavailable(Refusal refusal) -> {
                    step.failed(refusal.code().name()).end();
                    reply.refused(refusal);
                }
            }
        });
    }
}
