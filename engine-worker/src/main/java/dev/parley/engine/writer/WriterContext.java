package dev.parley.engine.writer;

import dev.parley.engine.stream.Limits;
import dev.parley.engine.stream.WriterSettings;
import dev.parley.prompt.Prompts;
import dev.parley.providers.Providers;
import dev.parley.service.trace.Traces;
import java.time.InstantSource;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * What all stream writers of a worker use.
 *
 * @param clock the wall clock
 * @param nanos a monotonic clock
 * @param ids makes the ids of answers
 */
public record WriterContext(
        String workerId,
        Appender appender,
        Providers providers,
        Prompts prompts,
        WriterSettings settings,
        Limits limits,
        WriterObserver observer,
        Traces traces,
        InstantSource clock,
        LongSupplier nanos,
        Supplier<String> ids) {}
