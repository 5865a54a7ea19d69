package dev.parley.gateway.http;

import dev.parley.gateway.chat.ReplyHandler;
import dev.parley.gateway.publish.Refusal;
import dev.parley.schema.ErrorCode;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Waits for the reply to a request, within a bound. */
final class BlockingReply implements ReplyHandler {

    /** Longer than any command takes to be acknowledged or refused. */
    private static final long REPLY_WITHIN_MS = 10_000;

    private final CompletableFuture<@Nullable Refusal> refusal = new CompletableFuture<>();
    private volatile boolean already;

    @Override
    public void done(boolean nothingLeft) {
        already = nothingLeft;
        refusal.complete(null);
    }

    @Override
    public void refused(Refusal why) {
        refusal.complete(why);
    }

    /** Null if the request was done. */
    @Nullable
    Refusal refusal() throws InterruptedException {
        try {
            return refusal.get(REPLY_WITHIN_MS, TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException e) {
            return Refusal.of(ErrorCode.UNAVAILABLE, "no answer in time; the same message_id again is safe");
        }
    }

    boolean already() {
        return already;
    }
}
