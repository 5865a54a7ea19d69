package dev.parley.systemtests;

import dev.parley.schema.id.StreamId;
import dev.parley.systemtests.log.StreamHistory;
import dev.parley.systemtests.measure.Latencies;
import dev.parley.systemtests.process.Node;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The histories of a test's streams, from one reading of the log. */
final class Histories {

    private final Map<StreamId, StreamHistory> byId;

    Histories(Collection<StreamHistory> all) {
        byId = all.stream().collect(Collectors.toMap(StreamHistory::id, Function.identity()));
    }

    StreamHistory of(Running stream) {
        StreamHistory found = byId.get(stream.id());
        if (found == null) {
            throw new AssertionError(stream.id() + " is not in the log");
        }
        return found;
    }

    List<StreamHistory> of(Collection<Running> streams) {
        return streams.stream().map(this::of).toList();
    }

    /** The worker that wrote the {@code stream_start}. */
    String starter(Running stream) {
        return of(stream).attempts().getFirst().worker();
    }

    List<Running> startedBy(Node worker, Collection<Running> streams) {
        return streams.stream()
                .filter(each -> starter(each).equals(worker.name()))
                .toList();
    }

    boolean wasTakenOver(Running stream) {
        return of(stream).attempts().size() > 1;
    }

    /** From a moment to the first event, at each client, of the last writer of its stream. */
    Latencies goOnAfter(long moment, Collection<Running> streams) {
        return Latencies.ofNanos(streams.stream()
                .mapToLong(each -> each.receivedAfterNanos(
                        moment, of(each).attempts().getLast().fromSeq())));
    }

    /** How many records a worker wrote after another one had taken the stream over. */
    record Late(int accepted, int dropped) {}

    Late late(Node worker, Collection<Running> streams) {
        String source = "/parley/engine-worker/" + worker.name();
        List<StreamHistory> all = of(streams);
        return new Late(
                all.stream().mapToInt(stream -> stream.late().accepted(source)).sum(),
                all.stream().mapToInt(stream -> stream.late().dropped(source)).sum());
    }
}
