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
 * The conversation so far as a prompt, with what helpers find beside it. The log view is asked first, so the last answer is always
 * there; the projection is asked for older turns. All that may be slow runs side by side.
 */
public final class ConversationPrompts implements Prompts {
    /** In {@code left_out}. */
    public static final String HISTORY = "history";

    public static final String EMOTION = "emotion";
    public static final String DIFFICULTY = "difficulty";
    public static final String RETRIEVAL = "retrieval";

    private static final Duration PAUSE_AFTER_FAILURE = Duration.ofSeconds(5);
    /** A store that is busy is late now and then: that must not leave out the history of all other users, too. */
    private static final int STORE_PATIENCE = 3;

    private final ContextSettings settings;
    private final History history;
    private final PartSources helpers;
    private final Optional<LearnerModel> learners;
    private final Assembly assembly;
    private final TimeBudget historyAsked;
    private final TimeBudget emotionAsked;
    private final TimeBudget difficultyAsked;
    private final TimeBudget retrievalAsked;

    /** History and no other helper. */
    public ConversationPrompts(ContextSettings settings, History history, LongSupplier nanos) {
        this(settings, history, PartSources.NONE, nanos);
    }

    public ConversationPrompts(ContextSettings settings, History history, PartSources helpers, LongSupplier nanos) {
        this.settings = settings;
        this.history = history;
        this.helpers = helpers;
        LexiconEmotions lexicon = new LexiconEmotions();
        Terms terms = new Terms(lexicon::isCommon);
        this.learners = helpers.abilities().map(abilities -> new LearnerModel(abilities, lexicon, terms));
        this.assembly = new Assembly(settings, terms);
        this.historyAsked = new TimeBudget(HISTORY, settings.budget(), STORE_PATIENCE, PAUSE_AFTER_FAILURE, nanos);
        this.emotionAsked = new TimeBudget(EMOTION, settings.budgets().emotion(), 1, PAUSE_AFTER_FAILURE, nanos);
        this.difficultyAsked =
                new TimeBudget(DIFFICULTY, settings.budgets().difficulty(), 1, PAUSE_AFTER_FAILURE, nanos);
        this.retrievalAsked = new TimeBudget(RETRIEVAL, settings.budgets().retrieval(), 1, PAUSE_AFTER_FAILURE, nanos);
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
        helpers.emotions()
                .ifPresent(emotions -> calls.aside(
                        emotionAsked,
                        () -> emotions.of(message),
                        emotion -> findings.accept(new Finding.EmotionFound(emotion))));
        Optional<Part<Learned>> learned =
                learners.flatMap(model -> model.about(request)).map(asked -> calls.start(difficultyAsked, asked));
        Optional<Part<List<Passage.Found>>> passages = request.context().rag()
                ? helpers.documents()
                        .map(documents -> calls.start(
                                retrievalAsked,
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

    /** Those of the view, and before them those of the projection if there may be more of use. */
    private List<PastTurn> turns(PromptRequest request, ConcurrentCalls calls) throws InterruptedException {
        List<PastTurn> known = request.past();
        if (request.sessionDeleted() || known.size() >= settings.readTurns()) {
            return known;
        }
        Part<List<PastTurn>> older =
                calls.start(historyAsked, () -> history.newest(request.session(), settings.readTurns()));
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

    private static <T> Optional<T> awaited(Optional<Part<T>> question) throws InterruptedException {
        return question.isPresent() ? question.get().await() : Optional.empty();
    }
}
