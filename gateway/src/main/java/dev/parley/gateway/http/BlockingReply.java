package dev.parley.gateway.http;

import dev.parley.gateway.chat.ReplyHandler;
import dev.parley.gateway.publish.Refusal;
import dev.parley.schema.ErrorCode;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Waits for the reply to a request, for a bounded time. */
final class BlockingReply implements ReplyHandler {

    /** Longer than any command takes to be acknowledged or refused, and than any read of the archive. */
    private static final long MAX_WAIT_MS = 15_000;

    private final CompletableFuture<@Nullable Refusal> refusal = new CompletableFuture<>();
    private volatile boolean already;

    @Override
    public void done(boolean alreadyDone) {
        already = alreadyDone;
        refusal.complete(null);
    }

    @Override
    public void refused(Refusal why) {
        refusal.complete(why);
    }

    /** Blocks until the reply is there. @return null if the request is done */
    @Nullable
    Refusal refusal() throws InterruptedException {
        try {
            return refusal.get(MAX_WAIT_MS, TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException e) {
            return Refusal.of(
                    ErrorCode.UNAVAILABLE,
                    "the request was not answered in time; it is safe to send it again with the same message_id");
        }
    }

    /** See {@link ReplyHandler#done}. */
    boolean already() {
        return already;
    }
}
