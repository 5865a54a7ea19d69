package dev.parley.engine.context;

import dev.parley.engine.provider.ModelMessage;
import dev.parley.engine.run.Archive;
import dev.parley.engine.run.Order;
import dev.parley.engine.run.Prompts;
import dev.parley.engine.stream.TokenEstimate;
import dev.parley.engine.view.PastTurn;
import dev.parley.schema.event.ContextUsed;
import dev.parley.schema.id.StreamId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;

/**
 * The conversation so far as a prompt. The log view is asked first, so the last answer is always there; the projection is asked for
 * older turns, and left out if it fails or is late.
 */
public final class ConversationPrompts implements Prompts, Archive {
    /** In {@code left_out}. */
    public static final String HISTORY = "history";

    private static final Duration PAUSE_AFTER_FAILURE = Duration.ofSeconds(5);

    private final ContextSettings settings;
    private final History history;
    private final Budgeted budgeted;

    public ConversationPrompts(ContextSettings settings, History history, LongSupplier nanos) {
        this.settings = settings;
        this.history = history;
        this.budgeted = new Budgeted(HISTORY, settings.budget(), PAUSE_AFTER_FAILURE, nanos);
    }

    @Override
    public boolean isOver(StreamId stream) throws InterruptedException {
        return budgeted.ask(() -> history.isOver(stream)).orElse(false);
    }

    @Override
    public Prompt prepare(Order order) throws InterruptedException {
        List<PastTurn> known = order.past();
        Optional<List<PastTurn>> older = known.size() < settings.turns() && !order.forgotten()
                ? budgeted.ask(() -> history.newest(order.address().session(), settings.turns()))
                : Optional.of(List.of());
        List<PastTurn> used = fitting(merged(older.orElse(List.of()), known, order.stream()));
        List<ModelMessage> messages = messages(order, used);
        return new Prompt(
                messages,
                new ContextUsed(
                        used.size() * 2, 0, false, false, null, null, older.isPresent() ? null : List.of(HISTORY)),
                messages.stream()
                        .mapToInt(
                                message -> TokenEstimate.ofChars(message.text().length()))
                        .sum());
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

    /** The newest turns within the bounds. */
    private List<PastTurn> fitting(List<PastTurn> turns) {
        int tokens = 0;
        int first = turns.size();
        while (first > 0 && turns.size() - first < settings.turns()) {
            PastTurn turn = turns.get(first - 1);
            tokens += TokenEstimate.ofChars(
                    turn.message().length() + turn.answer().length());
            if (tokens > settings.tokens()) {
                break;
            }
            first--;
        }
        return turns.subList(first, turns.size());
    }

    private List<ModelMessage> messages(Order order, List<PastTurn> past) {
        List<ModelMessage> messages = new ArrayList<>();
        if (!settings.system().isEmpty()) {
            messages.add(ModelMessage.system(settings.system()));
        }
        for (PastTurn turn : past) {
            messages.add(ModelMessage.user(turn.message()));
            messages.add(ModelMessage.assistant(turn.answer()));
        }
        messages.add(ModelMessage.user(order.turn().message()));
        return messages;
    }
}
