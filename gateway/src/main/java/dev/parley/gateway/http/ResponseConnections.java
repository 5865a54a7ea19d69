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
 * Lets a response reach its TCP connection, for what the Servlet API has no call for: to end a response in the middle so that its reader
 * sees that it is not whole, and to bound how long a write may wait for a reader that takes nothing.
 */
public final class ResponseConnections implements WebServerFactoryCustomizer<ConfigurableTomcatWebServerFactory> {

    private static final Logger LOG = LoggerFactory.getLogger(ResponseConnections.class);
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
            request.setAttribute(ATTRIBUTE, TomcatConnection.of(request, response));
            getNext().invoke(request, response);
        }
    }

    /**
     * The connection itself, as Tomcat's own fields have it while the request is handled. Tomcat uses its requests, responses and processors
     * again for other connections as soon as a client has hung up, so a thread that is still about to end a response may touch none of those.
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
                            0); // only a reset tells the reader that the body is not whole
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
