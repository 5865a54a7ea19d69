package dev.parley.gateway.http;

import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.net.StandardSocketOptions;
import java.nio.channels.SocketChannel;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ValveBase;
import org.apache.coyote.AbstractProcessor;
import org.apache.coyote.ActionHook;
import org.apache.tomcat.util.net.NioChannel;
import org.apache.tomcat.util.net.SocketWrapperBase;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.tomcat.ConfigurableTomcatWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;

/**
 * Gives access to the TCP connection of a response, for what the Servlet API cannot do: break a response off, so that its reader sees that it is
 * incomplete, and bound how long a write may wait.
 */
public final class ResponseConnections implements WebServerFactoryCustomizer<ConfigurableTomcatWebServerFactory> {

    private static final Logger LOG = LoggerFactory.getLogger(ResponseConnections.class);
    private static final String ATTRIBUTE = ResponseConnections.class.getName();

    @Override
    public void customize(ConfigurableTomcatWebServerFactory factory) {
        factory.addEngineValves(new ConnectionValve());
    }

    /** The connection on which a request is answered. To be called while the request is handled, not later. */
    static ResponseConnection of(ServletRequest request) {
        if (request.getAttribute(ATTRIBUTE) instanceof ResponseConnection connection) {
            return connection;
        }
        throw new IllegalStateException("The request did not come through the web server of the gateway");
    }

    private static final class ConnectionValve extends ValveBase {

        ConnectionValve() {
            super(true);
        }

        @Override
        public void invoke(Request request, Response response) throws IOException, ServletException {
            request.setAttribute(ATTRIBUTE, TomcatConnection.of(request, response));
            getNext().invoke(request, response);
        }
    }

    /**
     * The connection, read from Tomcat's private fields while the request is handled. Tomcat reuses requests, responses and processors for other
     * connections as soon as a client has disconnected, so a thread that ends a response later must use none of these.
     */
    private record TomcatConnection(SocketWrapperBase<?> socket, SocketChannel channel, boolean endsBody)
            implements ResponseConnection {

        private static final VarHandle PROCESSOR = field(org.apache.coyote.Response.class, "hook", ActionHook.class);
        private static final VarHandle SOCKET =
                field(AbstractProcessor.class, "socketWrapper", SocketWrapperBase.class);

        static TomcatConnection of(Request request, Response response) {
            Object processor = PROCESSOR.getVolatile(response.getCoyoteResponse());
            SocketWrapperBase<?> socket = (SocketWrapperBase<?>) SOCKET.getVolatile(processor);
            return new TomcatConnection(
                    socket, ((NioChannel) socket.getSocket()).getIOChannel(), "HTTP/1.0".equals(request.getProtocol()));
        }

        @Override
        public void setWriteTimeout(int ms) {
            socket.setWriteTimeout(ms);
        }

        @Override
        public void breakOff() {
            try {
                if (endsBody) {
                    channel.setOption(
                            StandardSocketOptions.SO_LINGER,
                            0); // only a reset shows the reader that the body is incomplete
                }
                channel.close();
            } catch (IOException e) {
                LOG.debug("The connection is closed already");
            }
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
