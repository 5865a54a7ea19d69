package dev.parley.gateway.http;

import com.mongodb.MongoException;
import dev.parley.gateway.publish.Refusal;
import dev.parley.schema.ErrorCode;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;

/** Turns what ends a request of ours into problem details. */
@RestControllerAdvice(basePackageClasses = Problems.class)
public class Problems {

    private static final Logger LOG = LoggerFactory.getLogger(Problems.class);

    @ExceptionHandler
    ResponseEntity<byte[]> problem(Problem problem) {
        return JsonResponse.problem(Refusal.of(problem.code(), String.valueOf(problem.getMessage())));
    }

    @ExceptionHandler
    ResponseEntity<byte[]> database(MongoException failure) {
        LOG.warn("history cannot be read: {}", failure.getClass().getSimpleName());
        return JsonResponse.problem(Refusal.of(ErrorCode.DATABASE_ERROR, "history cannot be read now"));
    }
}
