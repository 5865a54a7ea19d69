package dev.parley.gateway.chat;

import dev.parley.gateway.MonotonicClock;
import dev.parley.gateway.publish.CommandFactory;
import dev.parley.gateway.relay.Relay;
import java.time.Clock;
import java.util.function.BooleanSupplier;

/**
 * What the handlers of requests use.
 *
 * @param isWarm whether the log was read up to its end at the start, so that a stream which is unknown here does not exist
 */
record ChatServices(
        Relay relay,
        PastStreams past,
        AwaitedStreams awaited,
        KnownMessageIds knownIds,
        MessageRateLimit rateLimit,
        CommandFactory commands,
        CommandSender sender,
        Scheduler scheduler,
        BooleanSupplier isWarm,
        Clock clock) {

    long nowMs() {
        return MonotonicClock.nowMs();
    }
}
