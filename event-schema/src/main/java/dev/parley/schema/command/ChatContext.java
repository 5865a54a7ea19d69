package dev.parley.schema.command;

import org.jspecify.annotations.Nullable;

/** Options of a message. They are kept as sent: absent fields stay absent. */
public record ChatContext(
        @Nullable String subject,
        @Nullable Boolean enableReasoning,
        @Nullable Boolean enableRag,
        @Nullable String provider,
        @Nullable String model,
        @Nullable String category) {

    /** The maximal length of each text, in characters. */
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

    /** Whether the model's reasoning is to be sent as {@code thinking_chunk}s. */
    public boolean reasoning() {
        return Boolean.TRUE.equals(enableReasoning);
    }

    /** Whether documents are to be retrieved. */
    public boolean rag() {
        return Boolean.TRUE.equals(enableRag);
    }
}
