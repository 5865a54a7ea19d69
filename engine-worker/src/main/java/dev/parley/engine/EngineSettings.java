package dev.parley.engine;

import dev.parley.engine.kafka.Worker;
import dev.parley.prompt.retrieval.WatchedDocuments;
import dev.parley.service.startup.CheckedSettings;
import dev.parley.service.startup.FormerName;
import dev.parley.service.startup.Groups;
import dev.parley.service.startup.Problems;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.Pattern;
import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMax;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The settings of a worker, bound from {@code parley.engine}.
 *
 * @param workerId the worker's id in records and logs; empty: host name and a random suffix
 * @param group of the workers on {@code chat.commands}
 * @param groupProtocol {@code consumer} (KIP-848) or {@code classic}
 * @param maxRunning most streams that run at once; further ones wait by priority. 0: as many as the heap has room for, see {@link #streams}
 * @param maxUnfinished most messages that are known and not answered; at this number only stops are read until there are fewer
 * @param maxUnfinishedChars their text, in UTF-16 units
 * @param agingStep after this time a waiting message counts as one priority higher
 * @param lease a stream whose writer is silent for this time is taken over
 * @param stopPatience a stream whose writer does not carry out a stop within this time is taken over
 * @param standbyStep how much later each next standby acts
 * @param actingOwnerStep how much later each next standby acts while the group has given the partition to no worker
 * @param tail whether a worker reads all partitions, or its own and those of which it is the first standby
 * @param standbySlots number of ranks over which standbys are spread; 0: a worker acts only for its own partitions
 * @param onTakeover {@code continue} the answer, or {@code fail} it with the text so far
 * @param maxAttempts after this number of writers a stream fails
 * @param maxChunkChars longest text of one event, in UTF-16 units; in its record the text takes at most 16 KiB
 * @param drainTimeout how long a worker that shuts down lets its streams run before it hands them over
 */
@ConfigurationProperties(Groups.ENGINE)
public record EngineSettings(
        @DefaultValue("") @Pattern(regexp = "[A-Za-z0-9._-]{0,64}")
        String workerId,

        @DefaultValue("parley-engine") @NotBlank String group,

        @DefaultValue("consumer") @Pattern(regexp = "consumer|classic")
        String groupProtocol,

        @DefaultValue("0") @Min(0) @Max(1_000_000) int maxRunning,
        @DefaultValue("20000") @Min(1) int maxUnfinished,
        @DefaultValue("32000000") @Min(1) long maxUnfinishedChars,

        @DefaultValue("5s") @DurationMin(millis = 1) @DurationMax(hours = 24)
        Duration agingStep,

        @DefaultValue("3s") @DurationMin(millis = 100) @DurationMax(minutes = 10)
        Duration lease,

        @DefaultValue("2s") @DurationMin(millis = 1) @DurationMax(minutes = 10)
        Duration stopPatience,

        @DefaultValue("250ms") @DurationMin(millis = 0) @DurationMax(minutes = 1) @FormerName("reserve-step")
        Duration standbyStep,

        @DefaultValue("25ms") @DurationMin(millis = 0) @DurationMax(minutes = 1) @FormerName("deputy-step")
        Duration actingOwnerStep,

        @DefaultValue("all") Worker.Tail tail,

        @FormerName("reserve-slots") @DefaultValue("4") @Min(0) @Max(64)
        int standbySlots,

        @DefaultValue("continue") OnTakeover onTakeover,
        @DefaultValue("5") @Min(1) int maxAttempts,

        @DefaultValue("20s") @DurationMin(millis = 0) @DurationMax(hours = 24)
        Duration drainTimeout,

        @DefaultValue Model model,
        @DefaultValue("16384") @Min(256) @Max(16_384) int maxChunkChars,
        @DefaultValue Context context,
        @DefaultValue View view)
        implements CheckedSettings {

    @Override
    public void check(Problems problems) {
        String total = "parley.engine.model.total-timeout";
        problems.atMost(
                "parley.engine.model.first-token-timeout", model.firstTokenTimeout(), total, model.totalTimeout());
        problems.atMost("parley.engine.model.idle-timeout", model.idleTimeout(), total, model.totalTimeout());
        problems.atMost("parley.engine.lease", lease, total, model.totalTimeout());
        problems.atMost("parley.engine.stop-patience", stopPatience, total, model.totalTimeout());
        if (!context.documents().isBlank()) {
            problems.attempt(() -> WatchedDocuments.folder(context.documents()));
        }
    }

    /** Heap of an idle worker. */
    private static final long IDLE_BYTES = 48L * 1024 * 1024;
    /** Heap of a finished turn of which only the id is known. */
    private static final long FORGOTTEN_TURN_BYTES = 400;
    /** Heap of a running stream, estimated; {@code ComposeLoadIT} shows that it suffices with a heap of 256 MiB. */
    private static final long STREAM_BYTES = 256L * 1024;

    private static final long MIN_STREAMS = 16;
    private static final long MAX_STREAMS = 1_000;

    /**
     * How many streams run at once.
     *
     * @param heapBytes of this process; streams use what an idle worker and {@link View} leave of it
     */
    public int streams(long heapBytes) {
        long remembered = view.maxChars() + view.maxForgottenTurns() * FORGOTTEN_TURN_BYTES;
        long derived = (heapBytes - IDLE_BYTES - remembered) / STREAM_BYTES;
        return maxRunning > 0 ? maxRunning : (int) Math.clamp(derived, MIN_STREAMS, MAX_STREAMS);
    }

    /** What happens to an answer whose writer has died. */
    public enum OnTakeover {
        CONTINUE,
        FAIL
    }

    /**
     * How long the worker waits for a model.
     *
     * @param firstTokenTimeout for its first token, retries included
     * @param idleTimeout between two tokens
     * @param totalTimeout for the whole answer; also how far back a starting worker reads the log
     */
    public record Model(
            @DefaultValue("60s") @DurationMin(millis = 1) Duration firstTokenTimeout,
            @DefaultValue("30s") @DurationMin(millis = 1) Duration idleTimeout,

            @DefaultValue("10m") @DurationMin(millis = 1) @DurationMax(days = 3)
            Duration totalTimeout) {}

    /**
     * Limits of one user, which gateways tell their clients; bound from {@code parley.limits}.
     *
     * @param maxStreams most streams that run at once; further ones are refused with {@code TOO_MANY_STREAMS}
     * @param maxAnswerChars longest answer, in UTF-16 units
     */
    @ConfigurationProperties(Groups.LIMITS)
    public record User(
            @DefaultValue("20") @Min(1) int maxStreams,
            @DefaultValue("262144") @Min(1) @Max(262_144) int maxAnswerChars) {}

    /**
     * What prompts are made of.
     *
     * @param systemPrompt first instruction to the model; may be empty
     * @param maxTurns most turns of history
     * @param maxTokens most tokens of history, estimated
     * @param budget longest wait for the history
     * @param documents folder of {@code .md} and {@code .txt} files that answers with {@code enable_rag} may use; empty for none
     */
    public record Context(
            @DefaultValue("You are a helpful, precise assistant. Answer in Markdown.")
            String systemPrompt,

            @DefaultValue("20") @Min(0) int maxTurns,
            @DefaultValue("8000") @Min(0) int maxTokens,

            @DefaultValue("300ms") @DurationMin(millis = 1) @DurationMax(minutes = 10)
            Duration budget,

            @DefaultValue EmotionHelper emotion,
            @DefaultValue DifficultyHelper difficulty,
            @DefaultValue Relevant relevant,
            @DefaultValue("") String documents,
            @DefaultValue Rag rag) {}

    /**
     * @param enabled whether the user's emotion is detected
     * @param budget how long the detection may take; the answer does not wait for it
     */
    public record EmotionHelper(
            @DefaultValue("true") boolean enabled,

            @DefaultValue("1s") @DurationMin(millis = 1) @DurationMax(minutes = 10)
            Duration budget) {}

    /** @param budget longest wait for the learner's ability */
    public record DifficultyHelper(
            @DefaultValue("200ms") @DurationMin(millis = 1) @DurationMax(minutes = 10)
            Duration budget) {}

    /**
     * Earlier turns that are relevant to the message.
     *
     * @param searchedTurns how many of the newest turns are searched
     * @param maxTurns most relevant turns in a prompt; 0 for none
     * @param maxTokens most tokens of those turns, estimated
     */
    public record Relevant(
            @DefaultValue("100") @Min(0) @Max(1_000) int searchedTurns,
            @DefaultValue("3") @Min(0) @Max(100) int maxTurns,
            @DefaultValue("1500") @Min(0) int maxTokens) {}

    /**
     * Passages of documents.
     *
     * @param maxPassages most passages in a prompt
     * @param maxTokens most tokens of them, estimated
     * @param budget longest wait for the search
     * @param checkInterval how often the folder is checked for changes
     * @param maxFiles most files of the folder
     * @param maxBytes most bytes of all files
     */
    public record Rag(
            @DefaultValue("4") @Min(1) @Max(50) int maxPassages,
            @DefaultValue("2000") @Min(1) int maxTokens,

            @DefaultValue("200ms") @DurationMin(millis = 1) @DurationMax(minutes = 10)
            Duration budget,

            @DefaultValue("10s") @DurationMin(millis = 100) @DurationMax(hours = 24)
            Duration checkInterval,

            @DefaultValue("1000") @Min(1) @Max(100_000) int maxFiles,

            @DefaultValue("33554432") @Min(1) @Max(1_073_741_824)
            long maxBytes) {}

    /**
     * What a worker keeps in memory of the log beside what is unfinished.
     *
     * @param maxChars most characters of finished turns, over all partitions
     * @param maxTurnsPerSession most finished turns of a session
     * @param maxForgottenTurns most finished turns of which only the id is kept, over all partitions
     * @param maxEarlyStops most stops whose message has not come, over all partitions
     * @param maxKnownIds most message ids that are known from {@code chat.commands}, over all partitions, about 25 bytes each; for older ids
     *     the worker asks the store
     * @param memory how far back checkpoints lie, so that a worker that starts knows what ended lately
     */
    public record View(
            @DefaultValue("33554432") @Min(0) long maxChars,
            @DefaultValue("20") @Min(0) int maxTurnsPerSession,
            @DefaultValue("100000") @Min(0) int maxForgottenTurns,
            @DefaultValue("20000") @Min(0) int maxEarlyStops,
            @DefaultValue("4000000") @Min(1) int maxKnownIds,

            @DefaultValue("5m") @DurationMin(millis = 0) @DurationMax(days = 7)
            Duration memory) {}
}
