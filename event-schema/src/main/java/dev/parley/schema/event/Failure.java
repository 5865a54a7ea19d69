package dev.parley.schema.event;

import dev.parley.schema.ErrorCode;
import org.jspecify.annotations.Nullable;

/** Why a stream failed. {@code recoverable}: the same message may succeed if it is sent again under a new id. */
public record Failure(
        ErrorCode code, String message, @Nullable String details, boolean recoverable) {}
