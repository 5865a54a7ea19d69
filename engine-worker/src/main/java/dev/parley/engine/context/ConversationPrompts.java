package dev.parley.engine.context;

import dev.parley.engine.provider.ModelMessage;
import dev.parley.engine.run.Order;
import dev.parley.engine.run.Prompts;
import dev.parley.engine.stream.TokenEstimate;
import dev.parley.engine.view.PastTurn;
import dev.parley.schema.event.ContextUsed;
import dev.parley.schema.id.StreamId;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The conversation so far as a prompt. The log view is asked first, so the last answer is always there; the projection is asked for
 * older turns, and left out if it fails or is late.
 */
public final class ConversationPrompts implements Prompts {
    /** In {@code left_out}. */
    public static final String HISTORY = "history";

    private static final Logger LOG = LoggerFactory.getLogger(ConversationPrompts.class);

    private final ContextSettings settings;
    private final History history;

    public ConversationPrompts(ContextSettings settings, History history) {
        this.settings = settings;
        this.history = history;
    }

    @Override
    public Prompt prepare(Order order) throws InterruptedException {
        List<PastTurn> known = order.past();
        List<PastTurn> older = List.of();
        if (known.size() < settings.turns() && !order.forgotten()) {
            older = older(order);
        }
        List<PastTurn> used = fitting(merged(older == null ? List.of() : older, known, order.stream()));
        List<ModelMessage> messages = messages(order, used);
        return new Prompt(
                messages,
                new ContextUsed(used.size() * 2, 0, false, false, null, null, older == null ? List.of(HISTORY) : null),
                messages.stream()
                        .mapToInt(
                                message -> TokenEstimate.ofChars(message.text().length()))
                        .sum());
    }

    /** What the projection has, or null if it did not say in time. */
    private @Nullable List<PastTurn> older(Order order) throws InterruptedException {
        FutureTask<List<PastTurn>> asked =
                new FutureTask<>(() -> history.newest(order.address().session(), settings.turns()));
        Thread.ofVirtual().name("history-" + order.claim()).start(asked);
        try {
            return asked.get(settings.budget().toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            asked.cancel(true);
            return null;
        } catch (ExecutionException e) {
            LOG.warn("history is left out: {}", String.valueOf(e.getCause()));
            return null;
        }
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
