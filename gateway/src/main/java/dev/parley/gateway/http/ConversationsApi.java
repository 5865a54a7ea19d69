package dev.parley.gateway.http;

import com.mongodb.MongoException;
import dev.parley.gateway.auth.Caller;
import dev.parley.gateway.chat.ChatService;
import dev.parley.gateway.history.Conversations;
import dev.parley.gateway.publish.Refusal;
import dev.parley.gateway.relay.Relay;
import dev.parley.schema.ErrorCode;
import dev.parley.schema.id.SessionId;
import dev.parley.schema.id.SessionKey;
import dev.parley.schema.id.UserId;
import dev.parley.schema.kafka.CloudEventHeaders;
import dev.parley.service.logging.RateLimitedLog;
import dev.parley.store.export.ConversationExport;
import dev.parley.store.read.Cursor;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** {@code /api/conversations}: a user's conversations. */
@RestController
@RequestMapping("/api/conversations")
public class ConversationsApi {

    private static final int DEFAULT_LIMIT = 50;
    private static final int MAX_LIMIT = 200;
    private static final MediaType MARKDOWN = MediaType.parseMediaType("text/markdown;charset=UTF-8");

    private static final Refusal NOT_FOUND = Refusal.of(ErrorCode.SESSION_NOT_FOUND, "no such conversation");
    private static final Logger LOG = LoggerFactory.getLogger(ConversationsApi.class);
    private static final RateLimitedLog WARNINGS = RateLimitedLog.warnings(LOG);

    /** How often, and in which interval, memory is checked again: another gateway may have published a message a moment ago. */
    private static final int CHECKS = 10;

    private static final long CHECK_INTERVAL_MS = 50;

    private final Conversations history;
    private final ChatService chat;
    private final SseResponses responses;
    private final BooleanSupplier isWarm;
    private final Predicate<UserId> storeIsBehind;

    /**
     * @param isWarm whether the tail has read to the end that the log had at the start
     * @param storeIsBehind whether MongoDB may lack data of a user that was in the log when this node started
     */
    public ConversationsApi(
            Conversations history,
            ChatService chat,
            SseResponses responses,
            BooleanSupplier isWarm,
            Predicate<UserId> storeIsBehind) {
        this.isWarm = isWarm;
        this.storeIsBehind = storeIsBehind;
        this.history = history;
        this.chat = chat;
        this.responses = responses;
    }

    @GetMapping
    ResponseEntity<byte[]> list(
            HttpServletRequest request,
            @RequestParam(required = false) @Nullable String limit,
            @RequestParam(required = false) @Nullable String cursor) {
        Cursor after = cursor(OptionalParameter.nullIfBlank(cursor));
        int max = limit(OptionalParameter.nullIfBlank(limit));
        refuseIfStoreIsBehind(user(request));
        return JsonResponse.of(HttpStatus.OK, history.list(user(request), after, max));
    }

    @GetMapping("/{session}")
    ResponseEntity<byte[]> one(HttpServletRequest request, @PathVariable String session) {
        SessionKey key = key(request, session);
        boolean behind = storeIsBehind.test(key.user());
        return JsonResponse.of(
                HttpStatus.OK,
                history.one(key).orElseThrow(() -> behind ? ProblemHandler.storeIsBehind() : notFound()));
    }

    @GetMapping("/{session}/messages")
    ResponseEntity<byte[]> messages(
            HttpServletRequest request,
            @PathVariable String session,
            @RequestParam(required = false) @Nullable String limit,
            @RequestParam(required = false) @Nullable String cursor) {
        SessionKey key = key(request, session);
        Cursor after = cursor(OptionalParameter.nullIfBlank(cursor));
        int max = limit(OptionalParameter.nullIfBlank(limit));
        refuseIfStoreIsBehind(key.user());
        return JsonResponse.of(
                HttpStatus.OK, history.messages(key, after, max).orElseThrow(ConversationsApi::notFound));
    }

    /** A list that may lack rows is not returned. */
    private void refuseIfStoreIsBehind(UserId user) {
        if (storeIsBehind.test(user)) {
            throw ProblemHandler.storeIsBehind();
        }
    }

    /** Accepted when Kafka has the command; a little later its streams end and its texts are deleted. 404 if it certainly does not exist. */
    @DeleteMapping("/{session}")
    void delete(HttpServletRequest request, @PathVariable String session) {
        SessionKey key = key(request, session);
        Caller caller = TokenFilter.caller(request);
        String traceparent = request.getHeader(CloudEventHeaders.TRACEPARENT);
        responses.run(request, response -> {
            if (isUnknown(key)) {
                responses.refuse(response, NOT_FOUND);
                return;
            }
            BlockingReply reply = new BlockingReply();
            chat.deleteConversation(caller, key.session(), traceparent, reply);
            Refusal refusal = reply.refusal();
            if (refusal == null) {
                response.setStatus(HttpStatus.ACCEPTED.value());
            } else {
                responses.refuse(response, refusal);
            }
        });
    }

    /** Whether neither MongoDB nor the hot window has the conversation. False if that cannot be decided now, because it may exist. */
    private boolean isUnknown(SessionKey session) throws InterruptedException {
        Relay relay = chat.relay();
        try {
            if (relay.streams().hasAnyOf(session)
                    || !isWarm.getAsBoolean()
                    || storeIsBehind.test(session.user())
                    || history.one(session).isPresent()) {
                return false;
            }
        } catch (MongoException e) {
            WARNINGS.log(
                    "history",
                    "MongoDB cannot be read, so a deletion is published without checking the history: {}",
                    e.getClass().getSimpleName());
            return false;
        }
        for (int checks = 0; checks < CHECKS; checks++) {
            TimeUnit.MILLISECONDS.sleep(CHECK_INTERVAL_MS);
            if (relay.streams().hasAnyOf(session)) {
                return false;
            }
        }
        return true;
    }

    /** The whole conversation as a file: {@code json} (the default) or {@code markdown}. */
    @GetMapping("/{session}/export")
    void export(
            HttpServletRequest request,
            HttpServletResponse response,
            @PathVariable String session,
            @RequestParam(required = false) @Nullable String format)
            throws IOException {
        SessionKey key = key(request, session);
        boolean markdown = isMarkdown(OptionalParameter.nullIfBlank(format));
        refuseIfStoreIsBehind(key.user());
        ConversationExport export = history.export(key).orElseThrow(ConversationsApi::notFound);
        String name = key.session().value().replace(':', '_') + (markdown ? ".md" : ".json");
        response.setHeader(HttpHeaders.CACHE_CONTROL, "no-store");
        response.setHeader(HttpHeaders.CONTENT_DISPOSITION, "attachment; filename=\"" + name + "\"");
        response.setContentType((markdown ? MARKDOWN : MediaType.APPLICATION_JSON).toString());
        Writer out = new BufferedWriter(new OutputStreamWriter(response.getOutputStream(), StandardCharsets.UTF_8));
        if (markdown) {
            export.markdown(out);
        } else {
            export.json(out);
        }
        out.flush();
    }

    private static boolean isMarkdown(@Nullable String format) {
        return switch (format) {
            case "markdown" -> true;
            case "json" -> false;
            case null -> false;
            default -> throw new ProblemException(ErrorCode.INVALID_MESSAGE_FORMAT, "format must be json or markdown");
        };
    }

    private static UserId user(HttpServletRequest request) {
        return TokenFilter.subject(request);
    }

    private static SessionKey key(HttpServletRequest request, String session) {
        try {
            return new SessionKey(user(request), new SessionId(session));
        } catch (IllegalArgumentException e) {
            throw notFound();
        }
    }

    private static ProblemException notFound() {
        return new ProblemException(NOT_FOUND.code(), NOT_FOUND.message());
    }

    private static int limit(@Nullable String text) {
        if (text == null) {
            return DEFAULT_LIMIT;
        }
        try {
            int limit = Integer.parseInt(text);
            if (limit >= 1 && limit <= MAX_LIMIT) {
                return limit;
            }
        } catch (NumberFormatException e) {
            // refused below, like any other text
        }
        throw new ProblemException(ErrorCode.INVALID_MESSAGE_FORMAT, "limit must be 1 to " + MAX_LIMIT);
    }

    private static @Nullable Cursor cursor(@Nullable String text) {
        try {
            return text == null ? null : Cursor.parse(text);
        } catch (IllegalArgumentException e) {
            throw new ProblemException(ErrorCode.INVALID_MESSAGE_FORMAT, "cursor must be one that this API returned");
        }
    }
}
