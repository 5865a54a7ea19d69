package dev.parley.schema.repeats;

import dev.parley.schema.command.Command;
import dev.parley.schema.command.Command.ChatStream;
import dev.parley.schema.command.Command.DeleteConversation;
import dev.parley.schema.command.Command.StopGeneration;
import dev.parley.schema.id.SessionKey;
import dev.parley.schema.id.StreamId;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An index of the message ids in the commands of one partition of {@code chat.commands}, to recognise repeated commands without a store.
 *
 * <p>An id is in use from its first command until the session of this command is deleted. Then it is new again. Commands may be added in any
 * order and more than once. An id that was not found is new only if its commands would be in the index: see {@link #from} and {@link
 * #isComplete}.
 *
 * <p>An id takes 16 bytes plus free slots. The number of ids is bounded: above it the oldest are removed, and {@link #from} increases. The
 * probability that a new id is taken for a known one is (number of ids) / 2^64. Not thread-safe.
 */
public final class AskedIds {

    private static final int FIRST_SLOTS = 64;
    private static final long NONE = -1;

    private final IdHash hash;
    private final int most;
    /** Hashes of ids; 0 marks a free slot. */
    private long[] ids = new long[FIRST_SLOTS];
    /** The high 24 bits of the session's hash, and the 40 bits of the offset. */
    private long[] places = new long[FIRST_SLOTS];

    private int size;
    private final Map<Long, long[]> deletions = new HashMap<>();
    private int deletionCount;
    private long from = Long.MAX_VALUE;
    private boolean complete;

    private static final int SESSION_SHIFT = IdHash.USER_BITS;
    private static final long OFFSET_MASK = (1L << SESSION_SHIFT) - 1;

    /**
     * The entry of a command in the index. It is small and can be created on any thread.
     *
     * @param id hash of the message id; 0 if the command deletes a session
     * @param session hash of the session
     */
    public record Asked(long offset, long id, long session) {}

    /** The result of a search for earlier commands with the same id. */
    public sealed interface Earlier {
        /** No earlier command has the id. */
        record None() implements Earlier {}

        /** An earlier command has the id, and its session was not deleted in between. */
        record Alive() implements Earlier {}

        /**
         * Earlier commands have the id, and the session of its last stream was deleted.
         *
         * @param command the offset of the last command before this one that deletes that session
         */
        record Deleted(long command) implements Earlier {}

        /**
         * An earlier command has the id, but it may itself repeat a command that is not in the index any more and whose session was deleted in
         * between.
         */
        record Unsure() implements Earlier {}
    }

    /** @param most the maximal number of commands in the index */
    public AskedIds(IdHash hash, int most) {
        this.hash = hash;
        this.most = Math.max(FIRST_SLOTS / 2, most);
    }

    /** The entry of a command. Both hashes are 0 if the command is not indexed. Thread-safe. */
    public static Asked of(IdHash hash, long offset, Command command) {
        return switch (command) {
            case ChatStream chat ->
                new Asked(
                        offset,
                        nonZero(hash.of(new StreamId(chat.userId(), chat.messageId()))),
                        hash.of(chat.sessionKey()));
            case DeleteConversation delete -> deletion(hash, offset, delete.sessionKey());
            case StopGeneration _ -> new Asked(offset, 0, 0);
        };
    }

    /** As {@link #of}, for a command that deletes a conversation, if only its offset is known. */
    public static Asked deletion(IdHash hash, long offset, SessionKey session) {
        return new Asked(offset, 0, hash.of(session));
    }

    /** Adds a command. Adding it again has no effect. */
    public void add(Asked asked) {
        if (asked.id() != 0) {
            put(asked.id(), place(asked));
            if (size > most) {
                forgetOldest();
            }
        } else if (asked.session() != 0) {
            deleted(asked.session(), asked.offset());
        }
    }

    /** Adds a command. Adding it again has no effect. */
    public void add(long offset, Command command) {
        add(of(hash, offset, command));
    }

    /** To be called when all past commands from this offset on are added. */
    public void completeFrom(long offset) {
        from = from == Long.MAX_VALUE ? offset : Math.max(from, offset);
        complete = true;
    }

    /** Whether all commands from {@link #from} on are in the index. */
    public boolean isComplete() {
        return complete;
    }

    /** The offset from which on all commands are in the index, once it is complete. */
    public long from() {
        return from;
    }

    /**
     * Whether an earlier command has the same id, and its session was not deleted in between.
     *
     * @param offset of the current command
     */
    public boolean wasAskedBefore(StreamId id, long offset) {
        LastStream last = lastStreamBefore(id, offset);
        return last != null && !isDeleted(last.session(), last.offset(), offset);
    }

    /**
     * Searches the commands from {@link #from} on, once they are complete, for earlier ones with the same id.
     *
     * @param offset of the current command
     */
    public Earlier earlier(StreamId id, long offset) {
        LastStream last = lastStreamBefore(id, offset);
        if (last == null) {
            return new Earlier.None();
        }
        if (isDeleted(last.session(), last.offset(), offset)) {
            return new Earlier.Deleted(lastDeletion(last.session(), offset));
        }
        return from > 0 && hasDeletionOf(last.session(), last.first(), offset)
                ? new Earlier.Unsure()
                : new Earlier.Alive();
    }

    /**
     * The last stream with an id.
     *
     * @param first the offset of the first known command with the id
     * @param offset of the command that the stream answers
     */
    private record LastStream(long first, long offset, long session) {}

    private @Nullable LastStream lastStreamBefore(StreamId id, long offset) {
        LastStream last = null;
        for (long place : placesOf(id, offset)) {
            if (last == null || isDeleted(last.session(), last.offset(), offsetOf(place))) {
                long first = last == null ? offsetOf(place) : last.first();
                last = new LastStream(first, offsetOf(place), hash.withUser(tagOf(place), id.user()));
            }
        }
        return last;
    }

    /** Whether any session of the same user was deleted between two offsets. */
    private boolean hasDeletionOf(long session, long after, long before) {
        return deletions.keySet().stream()
                .anyMatch(other -> (other & OFFSET_MASK) == (session & OFFSET_MASK) && isDeleted(other, after, before));
    }

    private long lastDeletion(long session, long before) {
        return Arrays.stream(deletions.getOrDefault(session, new long[0]))
                .filter(offset -> offset < before)
                .max()
                .orElse(NONE);
    }

    /** The commands with the id before that offset, in order. The first one after a deletion determines the session of the stream. */
    private long[] placesOf(StreamId id, long before) {
        long searched = nonZero(hash.of(id));
        long[] found = new long[0];
        for (int slot = first(searched, ids); ids[slot] != 0; slot = next(slot, ids)) {
            if (ids[slot] == searched && offsetOf(places[slot]) < before) {
                found = Arrays.copyOf(found, found.length + 1);
                found[found.length - 1] = places[slot];
            }
        }
        if (found.length < 2) {
            return found;
        }
        return Arrays.stream(found)
                .boxed()
                .sorted(Comparator.comparingLong(AskedIds::offsetOf))
                .mapToLong(Long::longValue)
                .toArray();
    }

    /**
     * Whether the session was deleted by a command before this one. Two sessions of one user are confused with a probability of 2^-24.
     *
     * @param offset of the current command
     */
    public boolean wasDeletedBefore(SessionKey session, long offset) {
        return isDeleted(hash.of(session), NONE, offset);
    }

    /** Removes commands that are not in the log any more. */
    public void forgetBelow(long offset) {
        if (complete && offset > from) {
            from = offset;
            rebuild(offset, ids.length);
        }
    }

    /** The number of commands that ask for an answer. */
    public int size() {
        return size;
    }

    private boolean isDeleted(long session, long after, long before) {
        long[] offsets = deletions.get(session);
        if (offsets == null) {
            return false;
        }
        for (long offset : offsets) {
            if (offset > after && offset < before) {
                return true;
            }
        }
        return false;
    }

    private void deleted(long session, long offset) {
        long[] known = deletions.getOrDefault(session, new long[0]);
        if (Arrays.stream(known).noneMatch(each -> each == offset)) {
            long[] more = Arrays.copyOf(known, known.length + 1);
            more[known.length] = offset;
            deletions.put(session, more);
            deletionCount++;
            if (deletionCount > most) {
                forgetOldest();
            }
        }
    }

    private void put(long id, long place) {
        if (size + size / 4 >= ids.length) {
            rebuild(0, ids.length * 2);
        }
        int slot = first(id, ids);
        while (ids[slot] != 0) {
            if (ids[slot] == id && places[slot] == place) {
                return;
            }
            slot = next(slot, ids);
        }
        ids[slot] = id;
        places[slot] = place;
        size++;
    }

    /** Removes a quarter of the covered offsets, so that this is rarely needed. */
    private void forgetOldest() {
        long lowest = Long.MAX_VALUE;
        long highest = 0;
        for (int slot = 0; slot < ids.length; slot++) {
            if (ids[slot] != 0) {
                lowest = Math.min(lowest, offsetOf(places[slot]));
                highest = Math.max(highest, offsetOf(places[slot]));
            }
        }
        for (long[] offsets : deletions.values()) {
            for (long offset : offsets) {
                lowest = Math.min(lowest, offset);
                highest = Math.max(highest, offset);
            }
        }
        long below = lowest + Math.max(1, (highest - lowest) / 4);
        from = from == Long.MAX_VALUE ? below : Math.max(from, below);
        rebuild(below, ids.length);
    }

    private void rebuild(long below, int slots) {
        long[] oldIds = ids;
        long[] oldPlaces = places;
        ids = new long[slots];
        places = new long[slots];
        size = 0;
        for (int slot = 0; slot < oldIds.length; slot++) {
            if (oldIds[slot] != 0 && offsetOf(oldPlaces[slot]) >= below) {
                put(oldIds[slot], oldPlaces[slot]);
            }
        }
        if (below > 0) {
            deletions.replaceAll((_, offsets) ->
                    Arrays.stream(offsets).filter(each -> each >= below).toArray());
            deletions.values().removeIf(offsets -> offsets.length == 0);
            deletionCount =
                    deletions.values().stream().mapToInt(each -> each.length).sum();
        }
    }

    private static int first(long id, long[] ids) {
        return (int) (id >>> 17) & (ids.length - 1);
    }

    private static int next(int slot, long[] ids) {
        return (slot + 1) & (ids.length - 1);
    }

    private static long place(Asked asked) {
        return (asked.session() & ~OFFSET_MASK) | (asked.offset() & OFFSET_MASK);
    }

    private static long offsetOf(long place) {
        return place & OFFSET_MASK;
    }

    private static int tagOf(long place) {
        return (int) (place >>> SESSION_SHIFT);
    }

    private static long nonZero(long hash) {
        return hash == 0 ? 1 : hash;
    }
}
