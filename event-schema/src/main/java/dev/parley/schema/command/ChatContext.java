package dev.parley.schema.command;

import org.jspecify.annotations.Nullable;

/** What a client asks for beside its message. It is kept as sent: what was absent stays absent. */
public record ChatContext(
        @Nullable String subject,
        @Nullable Boolean enableReasoning,
        @Nullable Boolean enableRag,
        @Nullable String provider,
        @Nullable String model,
        @Nullable String category) {

    /** Longest of the texts, in characters. */
    public static final int MAX_CHARS = 256;

    public static final ChatContext NONE = new ChatContext(null, null, null, null, null, null);

    /** @throws IllegalArgumentException if a text is longer than {@link #MAX_CHARS} */
    public ChatContext {
        for (String text : new @Nullable String[] {subject, provider, model, category}) {
            if (text != null && text.length() > MAX_CHARS) {
                throw new IllegalArgumentException("a text of the context has at most " + MAX_CHARS + " characters");
            }
        }
    }

    /** Whether the model's own reasoning is wanted as {@code thinking_chunk}s. */
    public boolean reasoning() {
        return Boolean.TRUE.equals(enableReasoning);
    }

    /** Whether retrieval is wanted. */
    public boolean rag() {
        return Boolean.TRUE.equals(enableRag);
    }
}
