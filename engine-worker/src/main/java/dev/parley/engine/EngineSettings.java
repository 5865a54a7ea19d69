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
 * How a worker works; bound from {@code parley.engine}.
 *
 * @param workerId names the worker in records and logs; empty: host name and a random ending
 * @param group of the workers on {@code chat.commands}
 * @param groupProtocol {@code consumer} (KIP-848) or {@code classic}
 * @param maxRunning streams that run at once; more wait by priority. 0: as many as the heap has room for, see {@link #streams}
 * @param maxUnfinished messages that may be known and not answered; then no commands are read until there are fewer
 * @param maxUnfinishedChars their text, in UTF-16 units
 * @param agingStep after so long a waiting message counts as one priority higher
 * @param lease a stream whose writer is silent for so long is taken over
 * @param stopPatience a stream whose writer leaves a stop unanswered for so long is taken over
 * @param standbyStep how much later each next standby acts
 * @param actingOwnerStep how much later each next standby acts while the group has given the partition to no worker
 * @param tail whether a worker reads all partitions, or its own and those of which it is the first standby
 * @param standbySlots over how many ranks standbys are spread; 0: a worker acts only for its own partitions
 * @param onTakeover {@code continue} the answer, or {@code fail} it with the text so far
 * @param maxAttempts after so many writers a stream fails
 * @param maxChunkChars longest text of one event, which has at most 16 KiB in its record besides
 * @param drainTimeout how long a leaving worker finishes what runs before it hands it over
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

    /** Of an idle worker. */
    private static final long IDLE_BYTES = 48L * 1024 * 1024;
    /** Of a finished turn of which only the id is known. */
    private static final long FORGOTTEN_TURN_BYTES = 400;
    /** Of a stream that runs. An estimate; that a worker with a heap of 256 MiB lives with it is shown by {@code ComposeLoadIT}. */
    private static final long STREAM_BYTES = 256L * 1024;

    private static final long FEWEST_STREAMS = 16;
    private static final long MOST_STREAMS = 1_000;

    /**
     * How many streams run at once.
     *
     * @param heapBytes of this process: what is left of it beside an idle worker and what {@link View} may remember is for streams
     */
    public int streams(long heapBytes) {
        long remembered = view.maxChars() + view.maxForgottenTurns() * FORGOTTEN_TURN_BYTES;
        long derived = (heapBytes - IDLE_BYTES - remembered) / STREAM_BYTES;
        return maxRunning > 0 ? maxRunning : (int) Math.clamp(derived, FEWEST_STREAMS, MOST_STREAMS);
    }

    /** What becomes of an answer whose writer was lost. */
    public enum OnTakeover {
        CONTINUE,
        FAIL
    }

    /**
     * How long a model is waited for.
     *
     * @param firstTokenTimeout for its first word, retries included
     * @param idleTimeout for its next
     * @param totalTimeout for all of it; also how far back a starting worker reads the log
     */
    public record Model(
            @DefaultValue("60s") @DurationMin(millis = 1) Duration firstTokenTimeout,
            @DefaultValue("30s") @DurationMin(millis = 1) Duration idleTimeout,

            @DefaultValue("10m") @DurationMin(millis = 1) @DurationMax(days = 3)
            Duration totalTimeout) {}

    /**
     * What one user may do, as the gateways tell their clients; bound from {@code parley.limits}.
     *
     * @param maxStreams running at once; more are refused with {@code TOO_MANY_STREAMS}
     * @param maxAnswerChars longest answer, in UTF-16 units
     */
    @ConfigurationProperties(Groups.LIMITS)
    public record User(
            @DefaultValue("20") @Min(1) int maxStreams,
            @DefaultValue("262144") @Min(1) @Max(262_144) int maxAnswerChars) {}

    /**
     * @param systemPrompt what the model is told first; empty for nothing
     * @param maxTurns of history
     * @param maxTokens of history, estimated
     * @param budget how long history may be waited for
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
     * @param enabled whether the user's emotion is told
     * @param budget how long that may take; nothing waits for it
     */
    public record EmotionHelper(
            @DefaultValue("true") boolean enabled,

            @DefaultValue("1s") @DurationMin(millis = 1) @DurationMax(minutes = 10)
            Duration budget) {}

    /** @param budget how long the learner's ability may be waited for */
    public record DifficultyHelper(
            @DefaultValue("200ms") @DurationMin(millis = 1) @DurationMax(minutes = 10)
            Duration budget) {}

    /**
     * Earlier turns that bear on the message.
     *
     * @param searchedTurns how many of the newest are searched
     * @param maxTurns of those found; 0 for none
     * @param maxTokens of those found, estimated
     */
    public record Relevant(
            @DefaultValue("100") @Min(0) @Max(1_000) int searchedTurns,
            @DefaultValue("3") @Min(0) @Max(100) int maxTurns,
            @DefaultValue("1500") @Min(0) int maxTokens) {}

    /**
     * Passages of documents.
     *
     * @param maxPassages in a prompt
     * @param maxTokens of them, estimated
     * @param budget how long the search may be waited for
     * @param checkInterval how often the folder is looked at for changes
     * @param maxFiles in the folder
     * @param maxBytes of all files
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
     * What a worker remembers of the log beyond what is under way.
     *
     * @param maxChars text of finished turns, over all partitions
     * @param maxTurnsPerSession finished turns of a session
     * @param maxForgottenTurns finished turns of which only the id is known, over all partitions
     * @param maxEarlyStops stops whose message has not come, over all partitions
     * @param maxKnownIds ids of messages that are known from {@code chat.commands}, over all partitions, about 25 bytes each; for older
     *     ones the store is asked
     * @param memory how long what is over is known to a worker that starts, too: its checkpoints lie that far back
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
