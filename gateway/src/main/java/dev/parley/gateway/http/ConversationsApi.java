package dev.parley.gateway.http;

import dev.parley.gateway.auth.Caller;
import dev.parley.gateway.history.ConversationExport;
import dev.parley.gateway.history.History;
import dev.parley.gateway.history.History.Cursor;
import dev.parley.gateway.publish.Refusal;
import dev.parley.gateway.request.Requests;
import dev.parley.schema.ErrorCode;
import dev.parley.schema.id.SessionId;
import dev.parley.schema.id.SessionKey;
import dev.parley.schema.id.UserId;
import dev.parley.schema.kafka.CloudEventHeaders;
import jakarta.servlet.http.HttpServletRequest;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
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

/** {@code /api/conversations}: a user's own history. */
@RestController
@RequestMapping("/api/conversations")
public class ConversationsApi {

    private static final int DEFAULT_LIMIT = 50;
    private static final int MAX_LIMIT = 200;
    private static final MediaType MARKDOWN = MediaType.parseMediaType("text/markdown;charset=UTF-8");

    private final History history;
    private final Requests requests;
    private final EventStreams answers;

    public ConversationsApi(History history, Requests requests, EventStreams answers) {
        this.history = history;
        this.requests = requests;
        this.answers = answers;
    }

    @GetMapping
    ResponseEntity<byte[]> list(
            HttpServletRequest request,
            @RequestParam(required = false) @Nullable String limit,
            @RequestParam(required = false) @Nullable String cursor) {
        return JsonResponse.of(HttpStatus.OK, history.conversations(user(request), cursor(cursor), limit(limit)));
    }

    @GetMapping("/{session}")
    ResponseEntity<byte[]> one(HttpServletRequest request, @PathVariable String session) {
        return JsonResponse.of(
                HttpStatus.OK, history.conversation(key(request, session)).orElseThrow(ConversationsApi::notFound));
    }

    @GetMapping("/{session}/messages")
    ResponseEntity<byte[]> messages(
            HttpServletRequest request,
            @PathVariable String session,
            @RequestParam(required = false) @Nullable String limit,
            @RequestParam(required = false) @Nullable String cursor) {
        return JsonResponse.of(
                HttpStatus.OK,
                history.messages(key(request, session), cursor(cursor), limit(limit))
                        .orElseThrow(ConversationsApi::notFound));
    }

    /** Taken when Kafka has it; what runs in the conversation ends, and its texts go, a little later. */
    @DeleteMapping("/{session}")
    void delete(HttpServletRequest request, @PathVariable String session) {
        SessionKey key = key(request, session);
        Caller caller = TokenFilter.caller(request);
        String traceparent = request.getHeader(CloudEventHeaders.TRACEPARENT);
        answers.run(request, response -> {
            Answer answer = new Answer();
            requests.deleteConversation(caller, key.session(), traceparent, answer);
            Refusal refusal = answer.refusal();
            if (refusal == null) {
                response.setStatus(HttpStatus.ACCEPTED.value());
            } else {
                JsonResponse.writeProblem(response, refusal);
            }
        });
    }

    /** The whole conversation as a file: {@code json} (the default) or {@code markdown}. */
    @GetMapping("/{session}/export")
    ResponseEntity<byte[]> export(
            HttpServletRequest request,
            @PathVariable String session,
            @RequestParam(required = false) @Nullable String format) {
        SessionKey key = key(request, session);
        boolean markdown = "markdown".equals(format);
        if (format != null && !markdown && !format.equals("json")) {
            throw new Problem(ErrorCode.INVALID_MESSAGE_FORMAT, "format is json or markdown");
        }
        ConversationExport export = ConversationExport.of(history, key).orElseThrow(ConversationsApi::notFound);
        String name = key.session().value().replace(':', '_') + (markdown ? ".md" : ".json");
        return ResponseEntity.ok()
                .header(HttpHeaders.CACHE_CONTROL, "no-store")
                .header(HttpHeaders.CONTENT_DISPOSITION, "attachment; filename=\"" + name + "\"")
                .contentType(markdown ? MARKDOWN : MediaType.APPLICATION_JSON)
                .body((markdown ? export.markdown() : export.json()).getBytes(StandardCharsets.UTF_8));
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

    private static Problem notFound() {
        return new Problem(ErrorCode.SESSION_NOT_FOUND, "no such conversation");
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
            // Refused below, like every other text.
        }
        throw new Problem(ErrorCode.INVALID_MESSAGE_FORMAT, "limit is 1 to " + MAX_LIMIT);
    }

    private static @Nullable Cursor cursor(@Nullable String text) {
        try {
            return text == null ? null : Cursor.parse(text);
        } catch (IllegalArgumentException e) {
            throw new Problem(ErrorCode.INVALID_MESSAGE_FORMAT, "cursor: not one of ours");
        }
    }
}
