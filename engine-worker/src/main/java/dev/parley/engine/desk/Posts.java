package dev.parley.engine.desk;

import dev.parley.engine.view.LogView;
import dev.parley.engine.view.TurnView;
import dev.parley.schema.id.SessionKey;
import dev.parley.schema.repeats.AskedIds;
import dev.parley.schema.repeats.IdHash;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.SequencedSet;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** The partitions at a desk, and where in them something is to be looked at. Not thread-safe. */
final class Posts {
    private final LogView.Bounds bounds;
    private final IdHash hash = new IdHash();
    private final int mostIds;
    private final Map<Integer, Post> posts = new HashMap<>();
    private final SequencedSet<Spot> touched = new LinkedHashSet<>();

    /** A session, and the partition that it is in. */
    record Spot(int partition, SessionKey session) {}

    /** @param mostIds of one partition */
    Posts(LogView.Bounds bounds, int mostIds) {
        this.bounds = bounds;
        this.mostIds = mostIds;
    }

    IdHash hash() {
        return hash;
    }

    Post of(int partition) {
        return posts.computeIfAbsent(partition, _ -> new Post(new LogView(bounds), new AskedIds(hash, mostIds)));
    }

    Collection<Post> all() {
        return posts.values();
    }

    void forEach(BiConsumer<Integer, Post> visitor) {
        posts.forEach(visitor);
    }

    /** Knows nothing more of what the log says of a partition. */
    void forget(int partition) {
        posts.computeIfPresent(partition, (_, post) -> post.anew(new LogView(bounds), new AskedIds(hash, mostIds)));
    }

    void touch(int partition, SessionKey session) {
        touched.add(new Spot(partition, session));
    }

    /** All that is not done with. */
    void touchAll(int partition) {
        LogView view = of(partition).view;
        for (TurnView turn : view.unfinished()) {
            if (turn.command() != null) {
                touch(partition, turn.command().sessionKey());
            }
        }
        view.deletable().forEach(deletion -> touch(partition, deletion.session()));
    }

    /** Takes the next of what was touched out; null if nothing is left. */
    @Nullable
    Spot pollTouched() {
        return touched.isEmpty() ? null : touched.removeFirst();
    }
}
