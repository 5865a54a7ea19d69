package dev.parley.engine.desk;

import dev.parley.engine.view.LogView;
import dev.parley.engine.view.Place;
import dev.parley.engine.view.Standing;
import dev.parley.schema.id.SessionKey;
import dev.parley.schema.repeats.AskedIds;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;

/** One partition at a desk: what the log says of it, and what this worker is to it. */
final class Post {
    /** Behind all who have been told that nobody has the partition, and well behind an owner of whom it has not heard yet. */
    private static final int FORMER_OWNER_RANK = 10;

    final LogView view;
    /** The ids that were asked for before, as far as they are known. */
    final AskedIds ids;

    final Unreadable unreadable = new Unreadable();
    final Set<SessionKey> deleting = new LinkedHashSet<>();
    boolean commandsCaughtUp;
    boolean eventsCaughtUp;
    boolean owned;
    /** Whether it is known that nobody who is at work has the partition from the group. */
    boolean vacant;

    /** Whether this worker had the partition itself: then another has it now, or will hear so in a moment. */
    boolean hadIt;

    /** Who said last that it has left the partition; empty if nobody did. */
    String leaver = "";

    long leftAt;
    long ownedSince;
    long committed;
    long commandsReached;
    long eventsReached;

    /** Where this worker began to read. */
    Place begin = new Place(0, 0);

    /** How far events were read when all was known that was there at the beginning: the store must know all before it. */
    long knownEvents;

    Post(LogView view, AskedIds ids) {
        this.view = view;
        this.ids = ids;
    }

    /** The same to this worker, with nothing known of what the log says. */
    Post anew(LogView emptyView, AskedIds noIds) {
        Post post = new Post(emptyView, noIds);
        post.owned = owned;
        post.ownedSince = ownedSince;
        post.committed = committed;
        post.vacant = vacant;
        post.hadIt = hadIt;
        post.leaver = leaver;
        post.leftAt = leftAt;
        return post;
    }

    /** Whether the view knows all that was in the partition when this worker began to read it. */
    boolean isCaughtUp() {
        return commandsCaughtUp && eventsCaughtUp;
    }

    /**
     * The owner's; the others are spread over the reserve ranks, differently for each stream and each session that is deleted.
     *
     * @param what the stream's message or the session
     * @param reserveSlots how many ranks there are; 0: only owners act
     */
    Optional<Standing> standing(String workerId, String what, int reserveSlots) {
        if (owned) {
            return Optional.of(new Standing.Owner());
        }
        if (reserveSlots == 0) {
            return Optional.empty();
        }
        int rank = 1 + Math.floorMod((workerId + '/' + what).hashCode(), reserveSlots);
        if (!vacant) {
            return Optional.of(new Standing.Reserve(rank));
        }
        return Optional.of(new Standing.Deputy(hadIt ? FORMER_OWNER_RANK : rank));
    }

    /** The offset below which every command is done with. */
    long done() {
        Long unfinished = view.lowestUnfinished();
        long offset = unfinished == null ? commandsReached : unfinished;
        return Math.max(committed, aboveNoUnreadable(offset));
    }

    /** From where another worker must read to know what this one does. */
    Place checkpoint(boolean current, long now) {
        Place place = view.place(commandsReached, eventsReached, current, now);
        return new Place(aboveNoUnreadable(place.commands()), place.events());
    }

    private long aboveNoUnreadable(long offset) {
        Long lowest = unreadable.lowest();
        return lowest == null ? offset : Math.min(offset, lowest);
    }
}
