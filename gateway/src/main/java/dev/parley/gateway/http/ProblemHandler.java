package dev.parley.gateway.http;

import com.mongodb.MongoException;
import dev.parley.gateway.GatewayMetrics;
import dev.parley.gateway.chat.PastStreams;
import dev.parley.gateway.publish.Refusal;
import dev.parley.schema.ErrorCode;
import dev.parley.service.logging.RateLimitedLog;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.apache.tomcat.util.http.InvalidParameterException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.ResponseEntity;
import org.springframework.web.ErrorResponse;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;

/** Maps exceptions to problem details: our refusals, those of Spring, and unexpected errors. */
@RestControllerAdvice
public class ProblemHandler {

    private static final Logger LOG = LoggerFactory.getLogger(ProblemHandler.class);
    private static final RateLimitedLog WARNINGS = RateLimitedLog.warnings(LOG);

    private static final Refusal STORE_UNREACHABLE =
            new Refusal(ErrorCode.DATABASE_ERROR, "history cannot be read now", 1_000L);

    private final GatewayMetrics metrics;

    public ProblemHandler(GatewayMetrics metrics) {
        this.metrics = metrics;
    }

    /** MongoDB may lack data that is in the log; a retry may find it. */
    static ProblemException storeIsBehind() {
        return new ProblemException(PastStreams.STORE_IS_BEHIND);
    }

    @ExceptionHandler
    ResponseEntity<byte[]> problem(ProblemException problem) {
        return refused(problem.refusal());
    }

    /** If the response has begun, the exception goes on to the web server, which breaks the response off. The same below. */
    @ExceptionHandler
    ResponseEntity<byte[]> database(MongoException failure, HttpServletResponse response) {
        if (response.isCommitted()) {
            throw failure;
        }
        WARNINGS.log(
                "history",
                "MongoDB cannot be read, so requests for history are answered with 503: {}; check mongodb.uri",
                failure.getClass().getSimpleName());
        return refused(STORE_UNREACHABLE);
    }

    @ExceptionHandler
    ResponseEntity<byte[]> other(Exception failure, HttpServletResponse response) throws Exception {
        if (response.isCommitted() || failure instanceof IOException) {
            throw failure;
        }
        if (failure instanceof ErrorResponse refused) {
            return refused(refused.getStatusCode(), refused.getHeaders());
        }
        if (failure instanceof InvalidParameterException invalid) { // its message quotes the parameter
            return refused(HttpStatusCode.valueOf(invalid.getErrorCode()), HttpHeaders.EMPTY);
        }
        LOG.error("Unexpected error in a request, which is answered with 500", failure);
        return refused(HttpStatus.INTERNAL_SERVER_ERROR, HttpHeaders.EMPTY);
    }

    private ResponseEntity<byte[]> refused(Refusal why) {
        metrics.refusedOverHttp(why.code());
        return JsonResponse.problem(why);
    }

    private ResponseEntity<byte[]> refused(HttpStatusCode status, HttpHeaders headers) {
        metrics.refusedOverHttp(ProblemException.refusal(status).code());
        return JsonResponse.problem(status, headers);
    }
}
