package dev.parley.schema.event;

import org.jspecify.annotations.Nullable;

/** One step of reasoning, counted from 1. {@code confidence} is 0 to 1. */
public record ReasoningStep(
        int stepNumber,
        ThinkingMode thinkingMode,
        String description,
        @Nullable Double confidence) {}
