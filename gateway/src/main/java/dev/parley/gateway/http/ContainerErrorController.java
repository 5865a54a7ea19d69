package dev.parley.gateway.http;

import dev.parley.gateway.GatewayMetrics;
import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.http.HttpServletRequest;
import org.springframework.boot.webmvc.error.ErrorController;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** Answers with problem details if a request fails outside of Spring's dispatcher, such as in a filter. The web server forwards it here. */
@RestController
public class ContainerErrorController implements ErrorController {

    private final GatewayMetrics metrics;

    public ContainerErrorController(GatewayMetrics metrics) {
        this.metrics = metrics;
    }

    @RequestMapping("${spring.web.error.path:/error}")
    ResponseEntity<byte[]> problem(HttpServletRequest request) {
        HttpStatusCode status = request.getAttribute(RequestDispatcher.ERROR_STATUS_CODE) instanceof Integer code
                ? HttpStatusCode.valueOf(code)
                : HttpStatus.NOT_FOUND;
        metrics.refusedOverHttp(ProblemException.refusal(status).code());
        return JsonResponse.problem(status, HttpHeaders.EMPTY);
    }
}
