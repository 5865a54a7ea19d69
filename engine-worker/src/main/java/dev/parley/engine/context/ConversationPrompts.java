package dev.parley.engine.context;

import dev.parley.engine.context.Budgeted.Question;
import dev.parley.engine.context.LearnerModel.Learned;
import dev.parley.engine.context.emotion.LexiconEmotions;
import dev.parley.engine.context.retrieval.Passage;
import dev.parley.engine.context.retrieval.Terms;
import dev.parley.engine.run.Order;
import dev.parley.engine.run.Prompts;
import dev.parley.engine.stream.Input;
import dev.parley.engine.view.PastTurn;
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
    private final Helpers helpers;
    private final Optional<LearnerModel> learners;
    private final Assembly assembly;
    private final Budgeted historyAsked;
    private final Budgeted emotionAsked;
    private final Budgeted difficultyAsked;
    private final Budgeted retrievalAsked;

    /** History and no other helper. */
    public ConversationPrompts(ContextSettings settings, History history, LongSupplier nanos) {
        this(settings, history, Helpers.NONE, nanos);
    }

    public ConversationPrompts(ContextSettings settings, History history, Helpers helpers, LongSupplier nanos) {
        this.settings = settings;
        this.history = history;
        this.helpers = helpers;
        LexiconEmotions lexicon = new LexiconEmotions();
        Terms terms = new Terms(lexicon::isCommon);
        this.learners = helpers.abilities().map(abilities -> new LearnerModel(abilities, lexicon, terms));
        this.assembly = new Assembly(settings, terms);
        this.historyAsked = new Budgeted(HISTORY, settings.budget(), STORE_PATIENCE, PAUSE_AFTER_FAILURE, nanos);
        this.emotionAsked = new Budgeted(EMOTION, settings.budgets().emotion(), 1, PAUSE_AFTER_FAILURE, nanos);
        this.difficultyAsked = new Budgeted(DIFFICULTY, settings.budgets().difficulty(), 1, PAUSE_AFTER_FAILURE, nanos);
        this.retrievalAsked = new Budgeted(RETRIEVAL, settings.budgets().retrieval(), 1, PAUSE_AFTER_FAILURE, nanos);
    }

    @Override
    public Prompt prepare(Order order, Consumer<Input> aside) throws InterruptedException {
        SideBySide sideBySide = new SideBySide();
        boolean prepared = false;
        try {
            Prompt prompt = prepare(order, aside, sideBySide);
            prepared = true;
            return prompt;
        } finally {
            if (!prepared) {
                sideBySide.close();
            }
        }
    }

    private Prompt prepare(Order order, Consumer<Input> aside, SideBySide sideBySide) throws InterruptedException {
        String message = order.turn().message();
        helpers.emotions()
                .ifPresent(emotions -> sideBySide.aside(
                        emotionAsked,
                        () -> emotions.of(message),
                        emotion -> aside.accept(new Input.EmotionFound(emotion))));
        Optional<Question<Learned>> learned =
                learners.flatMap(model -> model.about(order)).map(asked -> sideBySide.start(difficultyAsked, asked));
        Optional<Question<List<Passage.Found>>> passages =
                order.turn().context().rag()
                        ? helpers.documents()
                                .map(documents -> sideBySide.start(
                                        retrievalAsked,
                                        () -> documents.search(
                                                message, settings.passages().passages())))
                        : Optional.empty();
        List<PastTurn> turns = turns(order, sideBySide);

        Optional<Learned> learner = awaited(learned);
        Optional<List<Passage.Found>> found = awaited(passages);
        Assembly.Assembled assembled =
                assembly.of(message, new Found(turns, learner.map(Learned::difficulty), found, sideBySide.leftOut()));
        learner.ifPresent(known -> aside.accept(new Input.AbilityFound(known.after())));
        return new Prompt(assembled.messages(), assembled.used(), assembled.tokens(), sideBySide::close);
    }

    /** Those of the view, and before them those of the projection if there may be more of use. */
    private List<PastTurn> turns(Order order, SideBySide sideBySide) throws InterruptedException {
        List<PastTurn> known = order.past();
        if (order.forgotten() || known.size() >= settings.readTurns()) {
            return known;
        }
        Question<List<PastTurn>> older = sideBySide.start(
                historyAsked, () -> history.newest(order.address().session(), settings.readTurns()));
        return merged(older.await().orElse(List.of()), known, order.stream());
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

    private static <T> Optional<T> awaited(Optional<Question<T>> question) throws InterruptedException {
        return question.isPresent() ? question.get().await() : Optional.empty();
    }
}
