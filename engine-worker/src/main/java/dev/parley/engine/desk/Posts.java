package dev.parley.engine.desk;

import dev.parley.engine.view.LogView;
import dev.parley.engine.view.TurnView;
import dev.parley.schema.id.SessionKey;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;

/** The partitions at a desk, and where in them something is to be looked at. Not thread-safe. */
final class Posts {
    private final LogView.Bounds bounds;
    private final Map<Integer, Post> posts = new HashMap<>();
    private final Set<Spot> touched = new LinkedHashSet<>();

    /** A session, and the partition that it is in. */
    record Spot(int partition, SessionKey session) {}

    Posts(LogView.Bounds bounds) {
        this.bounds = bounds;
    }

    Post of(int partition) {
        return posts.computeIfAbsent(partition, _ -> new Post(new LogView(bounds)));
    }

    Collection<Post> all() {
        return posts.values();
    }

    void forEach(BiConsumer<Integer, Post> visitor) {
        posts.forEach(visitor);
    }

    /** Knows nothing more of what the log says of a partition. */
    void forget(int partition) {
        posts.computeIfPresent(partition, (_, post) -> post.anew(new LogView(bounds)));
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

    /** What was touched since the last time. */
    List<Spot> takeTouched() {
        List<Spot> taken = List.copyOf(touched);
        touched.clear();
        return taken;
    }
}
