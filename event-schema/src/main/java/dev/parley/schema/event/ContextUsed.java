package dev.parley.schema.event;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the prompt contains besides the message. {@code leftOut} names the parts that failed or were late. */
public record ContextUsed(
        int recentMessagesUsed,
        int relevantMessagesUsed,
        boolean semanticSearchEnabled,
        boolean ragEnabled,
        @Nullable List<RagSource> ragSources,
        @Nullable Difficulty difficulty,
        @Nullable List<String> leftOut) {}
