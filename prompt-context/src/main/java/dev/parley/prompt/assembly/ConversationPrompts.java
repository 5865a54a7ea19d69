package dev.parley.prompt.assembly;

import dev.parley.prompt.PastTurn;
import dev.parley.prompt.PromptRequest;
import dev.parley.prompt.Prompts;
import dev.parley.prompt.assembly.LearnerModel.Learned;
import dev.parley.prompt.assembly.TimeBudget.Part;
import dev.parley.prompt.emotion.LexiconEmotions;
import dev.parley.prompt.retrieval.Passage;
import dev.parley.prompt.retrieval.Terms;
import dev.parley.schema.id.StreamId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * Builds prompts from the conversation so far, documents, and what is known about the user. The worker's partition state has the latest
 * turns, so the last answer is always included; older turns come from the projection. All parts that may be slow are gathered at the same
 * time.
 */
public final class ConversationPrompts implements Prompts {
    /** Names of parts in {@code left_out}. */
    public static final String HISTORY = "history";

    public static final String EMOTION = "emotion";
    public static final String DIFFICULTY = "difficulty";
    public static final String RETRIEVAL = "retrieval";

    private static final Duration PAUSE_AFTER_FAILURE = Duration.ofSeconds(5);
    /** A busy store is late now and then. A single late read must not remove the history from other users' prompts. */
    private static final int LATE_READS_IN_A_ROW = 3;

    private final ContextSettings settings;
    private final History history;
    private final PartSources sources;
    private final Optional<LearnerModel> learners;
    private final Assembly assembly;
    private final TimeBudget historyBudget;
    private final TimeBudget emotionBudget;
    private final TimeBudget difficultyBudget;
    private final TimeBudget retrievalBudget;

    /** Builds prompts with the history only. */
    public ConversationPrompts(ContextSettings settings, History history, LongSupplier nanos) {
        this(settings, history, PartSources.NONE, nanos);
    }

    public ConversationPrompts(ContextSettings settings, History history, PartSources sources, LongSupplier nanos) {
        this.settings = settings;
        this.history = history;
        this.sources = sources;
        LexiconEmotions lexicon = new LexiconEmotions();
        Terms terms = new Terms(lexicon::isCommon);
        this.learners = sources.abilities().map(abilities -> new LearnerModel(abilities, lexicon, terms));
        this.assembly = new Assembly(settings, terms);
        this.historyBudget =
                new TimeBudget(HISTORY, settings.budget(), LATE_READS_IN_A_ROW, PAUSE_AFTER_FAILURE, nanos);
        this.emotionBudget = new TimeBudget(EMOTION, settings.budgets().emotion(), 1, PAUSE_AFTER_FAILURE, nanos);
        this.difficultyBudget =
                new TimeBudget(DIFFICULTY, settings.budgets().difficulty(), 1, PAUSE_AFTER_FAILURE, nanos);
        this.retrievalBudget = new TimeBudget(RETRIEVAL, settings.budgets().retrieval(), 1, PAUSE_AFTER_FAILURE, nanos);
    }

    @Override
    public Prompt prepare(PromptRequest request, Consumer<Finding> findings) throws InterruptedException {
        ConcurrentCalls calls = new ConcurrentCalls();
        boolean prepared = false;
        try {
            Prompt prompt = prepare(request, findings, calls);
            prepared = true;
            return prompt;
        } finally {
            if (!prepared) {
                calls.close();
            }
        }
    }

    private Prompt prepare(PromptRequest request, Consumer<Finding> findings, ConcurrentCalls calls)
            throws InterruptedException {
        String message = request.message();
        sources.emotions()
                .ifPresent(emotions -> calls.startAside(
                        emotionBudget,
                        () -> emotions.of(message),
                        emotion -> findings.accept(new Finding.EmotionFound(emotion))));
        Optional<Part<Learned>> learned =
                learners.flatMap(model -> model.about(request)).map(source -> calls.start(difficultyBudget, source));
        Optional<Part<List<Passage.Found>>> passages = request.context().rag()
                ? sources.documents()
                        .map(documents -> calls.start(
                                retrievalBudget,
                                () -> documents.search(
                                        message, settings.passages().passages())))
                : Optional.empty();
        List<PastTurn> turns = turns(request, calls);

        Optional<Learned> learner = awaited(learned);
        Optional<List<Passage.Found>> found = awaited(passages);
        Assembly.Assembled assembled =
                assembly.of(message, new PromptParts(turns, learner.map(Learned::difficulty), found, calls.leftOut()));
        learner.ifPresent(known -> findings.accept(new Finding.AbilityFound(known.after())));
        return new Prompt(assembled.messages(), assembled.used(), assembled.tokens(), calls::close);
    }

    /** The turns of the partition state, preceded by those of the projection if more can be used. */
    private List<PastTurn> turns(PromptRequest request, ConcurrentCalls calls) throws InterruptedException {
        List<PastTurn> known = request.past();
        if (request.sessionDeleted() || known.size() >= settings.readTurns()) {
            return known;
        }
        Part<List<PastTurn>> older =
                calls.start(historyBudget, () -> history.newest(request.session(), settings.readTurns()));
        return merged(older.await().orElse(List.of()), known, request.stream());
    }

    private static List<PastTurn> merged(List<PastTurn> older, List<PastTurn> known, StreamId current) {
        Set<StreamId> seen = new HashSet<>();
        seen.add(current);
        known.forEach(turn -> seen.add(turn.id()));
        List<PastTurn> all = new ArrayList<>(
                older.stream().filter(turn -> !seen.contains(turn.id())).toList());
        all.addAll(known);
        return all;
    }

    private static <T> Optional<T> awaited(Optional<Part<T>> part) throws InterruptedException {
        return part.isPresent() ? part.get().await() : Optional.empty();
    }
}
