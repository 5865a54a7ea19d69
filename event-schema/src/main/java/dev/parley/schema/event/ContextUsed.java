package dev.parley.schema.event;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** What went into the prompt beside the message. {@code leftOut} names what failed or was late. */
public record ContextUsed(
        int recentMessagesUsed,
        int relevantMessagesUsed,
        boolean semanticSearchEnabled,
        boolean ragEnabled,
        @Nullable List<RagSource> ragSources,
        @Nullable Difficulty difficulty,
        @Nullable List<String> leftOut) {}
