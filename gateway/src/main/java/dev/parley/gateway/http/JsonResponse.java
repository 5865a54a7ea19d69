package dev.parley.gateway.http;

import dev.parley.schema.ErrorCode;
import dev.parley.schema.json.FrameCodec;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;

/** Answers in the JSON of all our frames. */
final class JsonResponse {

    private JsonResponse() {}

    static ResponseEntity<byte[]> of(HttpStatus status, Object body) {
        return ResponseEntity.status(status)
                .contentType(MediaType.APPLICATION_JSON)
                .header(HttpHeaders.CACHE_CONTROL, "no-store")
                .body(FrameCodec.mapper().writeValueAsBytes(body));
    }

    static ResponseEntity<byte[]> problem(ErrorCode code, String detail) {
        HttpStatus status = Problem.status(code);
        ResponseEntity.BodyBuilder answer =
                ResponseEntity.status(status).contentType(MediaType.APPLICATION_PROBLEM_JSON);
        if (status == HttpStatus.UNAUTHORIZED) {
            answer.header(HttpHeaders.WWW_AUTHENTICATE, "Bearer");
        }
        return answer.body(details(code, status, detail));
    }

    static void writeProblem(HttpServletResponse response, ErrorCode code, String detail) throws IOException {
        HttpStatus status = Problem.status(code);
        response.setStatus(status.value());
        response.setContentType(MediaType.APPLICATION_PROBLEM_JSON_VALUE);
        if (status == HttpStatus.UNAUTHORIZED) {
            response.setHeader(HttpHeaders.WWW_AUTHENTICATE, "Bearer");
        }
        response.getOutputStream().write(details(code, status, detail));
    }

    private static byte[] details(ErrorCode code, HttpStatus status, String detail) {
        Map<String, Object> problem = new LinkedHashMap<>();
        problem.put("type", "about:blank");
        problem.put("title", status.getReasonPhrase());
        problem.put("status", status.value());
        problem.put("detail", detail);
        problem.put("code", code.name());
        problem.put("retryable", code.retryable());
        return FrameCodec.mapper().writeValueAsBytes(problem);
    }
}
