package dev.parley.gateway.relay;

import dev.parley.schema.id.UserId;
import dev.parley.schema.json.FrameCodec;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A connection whose writer runs only when the test calls it, and keeps what it wrote. */
final class Reader {

    final ConnectionQueue out;
    final List<String> events = new ArrayList<>();
    final List<String> controls = new ArrayList<>();
    final List<String> all = new ArrayList<>();

    @Nullable
    CloseReason closedFor;

    private boolean hasWork;

    Reader(UserId user) {
        this(user, 1 << 20);
    }

    Reader(UserId user, int maxOwnBytes) {
        this.out = new ConnectionQueue(user, maxOwnBytes, () -> hasWork = true);
    }

    boolean hasWork() {
        return hasWork;
    }

    /** Writes at most so many items. @return whether more may be there */
    boolean write(int max) {
        for (int i = 0; hasWork && i < max; i++) {
            QueueItem next = out.poll();
            if (next == null) {
                hasWork = false;
            } else {
                keep(next);
            }
        }
        return hasWork;
    }

    Reader writeAll() {
        write(Integer.MAX_VALUE);
        return this;
    }

    private void keep(QueueItem next) {
        switch (next) {
            case QueueItem.Frame control -> {
                controls.add(text(control.frame()));
                all.add(text(control.frame()));
            }
            case QueueItem.Refused refused -> {
                controls.add(text(FrameCodec.encode(refused.frame())));
                all.add(controls.getLast());
            }
            case QueueItem.Event event -> {
                events.add(text(event.record().value()));
                all.add(text(event.record().value()));
            }
            case QueueItem.StreamDeleted deleted ->
                all.add("stream deleted " + deleted.stream().message().value());
            case QueueItem.Ping _ -> all.add("ping");
            case QueueItem.Close close -> closedFor = close.reason();
        }
    }

    private static String text(byte[] utf8) {
        return new String(utf8, StandardCharsets.UTF_8);
    }
}
