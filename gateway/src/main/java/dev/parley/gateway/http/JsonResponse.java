package dev.parley.gateway.http;

import dev.parley.gateway.publish.Refusal;
import dev.parley.schema.json.FrameCodec;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;

/** Writes JSON responses with the codec of the frames. */
final class JsonResponse {

    private JsonResponse() {}

    static ResponseEntity<byte[]> of(HttpStatus status, Object body) {
        return ResponseEntity.status(status)
                .contentType(MediaType.APPLICATION_JSON)
                .header(HttpHeaders.CACHE_CONTROL, "no-store")
                .body(FrameCodec.mapper().writeValueAsBytes(body));
    }

    static void write(HttpServletResponse response, HttpStatus status, Object body) throws IOException {
        response.setStatus(status.value());
        response.setContentType(MediaType.APPLICATION_JSON_VALUE);
        response.getOutputStream().write(FrameCodec.mapper().writeValueAsBytes(body));
    }

    static ResponseEntity<byte[]> problem(Refusal refusal) {
        HttpStatus status = ProblemException.status(refusal.code());
        HttpHeaders headers = new HttpHeaders();
        headersOf(refusal, status).forEach(headers::set);
        return ResponseEntity.status(status)
                .headers(headers)
                .contentType(MediaType.APPLICATION_PROBLEM_JSON)
                .body(details(refusal, status));
    }

    /** For errors that the web server or Spring detects. Contains no text of the request. */
    static ResponseEntity<byte[]> problem(HttpStatusCode status, HttpHeaders headers) {
        return ResponseEntity.status(status)
                .headers(headers)
                .contentType(MediaType.APPLICATION_PROBLEM_JSON)
                .body(details(ProblemException.refusal(status), status));
    }

    static void writeProblem(HttpServletResponse response, Refusal refusal) throws IOException {
        HttpStatus status = ProblemException.status(refusal.code());
        response.setStatus(status.value());
        response.setContentType(MediaType.APPLICATION_PROBLEM_JSON_VALUE);
        headersOf(refusal, status).forEach(response::setHeader);
        response.getOutputStream().write(details(refusal, status));
    }

    private static Map<String, String> headersOf(Refusal refusal, HttpStatus status) {
        Map<String, String> headers = new LinkedHashMap<>();
        if (status == HttpStatus.UNAUTHORIZED) {
            headers.put(HttpHeaders.WWW_AUTHENTICATE, "Bearer");
        }
        if (refusal.retryAfterMs() != null) {
            headers.put(HttpHeaders.RETRY_AFTER, String.valueOf((refusal.retryAfterMs() + 999) / 1000));
        }
        return headers;
    }

    private static byte[] details(Refusal refusal, HttpStatusCode status) {
        HttpStatus known = HttpStatus.resolve(status.value());
        Map<String, Object> problem = new LinkedHashMap<>();
        problem.put("type", "about:blank");
        problem.put("title", known == null ? "Error" : known.getReasonPhrase());
        problem.put("status", status.value());
        problem.put("detail", refusal.message());
        problem.put("code", refusal.code().name());
        problem.put("retryable", refusal.code().retryable());
        if (refusal.retryAfterMs() != null) {
            problem.put("retry_after_ms", refusal.retryAfterMs());
        }
        return FrameCodec.mapper().writeValueAsBytes(problem);
    }
}
