package dev.parley.gateway.http;

import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ValveBase;
import org.apache.coyote.AbstractProcessor;
import org.apache.coyote.ActionCode;
import org.apache.coyote.ActionHook;
import org.apache.tomcat.util.net.NioChannel;
import org.apache.tomcat.util.net.SocketWrapperBase;
import org.springframework.boot.tomcat.ConfigurableTomcatWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;

/**
 * Lets an answer reach its TCP connection, for what the Servlet API has no call for: to end an answer in the middle so that its reader
 * sees that it is not whole, and to bound how long a write may wait for a reader that takes nothing.
 */
public final class ResponseConnections implements WebServerFactoryCustomizer<ConfigurableTomcatWebServerFactory> {

    private static final String ATTRIBUTE = ResponseConnections.class.getName();

    @Override
    public void customize(ConfigurableTomcatWebServerFactory factory) {
        factory.addEngineValves(new Keeping());
    }

    /** The connection on which a request is answered. To be called while the request is handled, not later. */
    static ResponseConnection of(ServletRequest request) {
        if (request.getAttribute(ATTRIBUTE) instanceof ResponseConnection connection) {
            return connection;
        }
        throw new IllegalStateException("a request that did not come through the web server of the gateway");
    }

    private static final class Keeping extends ValveBase {

        Keeping() {
            super(true);
        }

        @Override
        public void invoke(Request request, Response response) throws IOException, ServletException {
            request.setAttribute(ATTRIBUTE, new TomcatConnection(request, response));
            getNext().invoke(request, response);
        }
    }

    /** Looks at Tomcat's own fields. */
    private static final class TomcatConnection implements ResponseConnection {

        private static final VarHandle PROCESSOR = field(org.apache.coyote.Response.class, "hook", ActionHook.class);
        private static final VarHandle SOCKET =
                field(AbstractProcessor.class, "socketWrapper", SocketWrapperBase.class);

        private final Response answer;
        private final org.apache.coyote.Response response;
        private final boolean endsWithConnection;

        TomcatConnection(Request request, Response answer) {
            this.answer = answer;
            this.response = answer.getCoyoteResponse();
            this.endsWithConnection = "HTTP/1.0".equals(request.getProtocol());
        }

        @Override
        public void setWriteTimeout(int ms) {
            SocketWrapperBase<?> socket = socket();
            if (socket != null) {
                socket.setWriteTimeout(ms);
            }
        }

        @Override
        public void breakOff() {
            if (endsWithConnection) {
                resetOnClose();
            }
            // Else Tomcat has an error page written into the body.
            answer.setSuspended(true);
            answer.setError();
            answer.setErrorReported();
            response.action(ActionCode.CLOSE_NOW, new IOException("the answer is not whole"));
        }

        /** The body ends with the connection there, so only a reset tells its reader that it is not whole. */
        private void resetOnClose() {
            try {
                if (socket() instanceof SocketWrapperBase<?> wrapper
                        && wrapper.getSocket() instanceof NioChannel channel) {
                    channel.getIOChannel().socket().setSoLinger(true, 0);
                }
            } catch (IOException e) {
                // The connection is gone already.
            }
        }

        private @org.jspecify.annotations.Nullable SocketWrapperBase<?> socket() {
            return PROCESSOR.getVolatile(response) instanceof AbstractProcessor processor
                    ? (SocketWrapperBase<?>) SOCKET.getVolatile(processor)
                    : null;
        }

        private static VarHandle field(Class<?> in, String name, Class<?> type) {
            try {
                return MethodHandles.privateLookupIn(in, MethodHandles.lookup()).findVarHandle(in, name, type);
            } catch (ReflectiveOperationException e) {
                throw new ExceptionInInitializerError(e);
            }
        }
    }
}
