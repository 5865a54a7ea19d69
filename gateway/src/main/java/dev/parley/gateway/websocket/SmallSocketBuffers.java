package dev.parley.gateway.websocket;

import org.apache.catalina.connector.Connector;
import org.springframework.boot.tomcat.ConfigurableTomcatWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.web.socket.server.standard.ServletServerContainerFactoryBean;

/**
 * Makes an idle connection cheap: Tomcat holds five buffers of 8 KiB for each WebSocket, whether it is used or not. A long message
 * goes out in more frames then, and comes in in more pieces. And makes one that is not read cheap, too: the system would put
 * megabytes into its send buffer before anybody noticed.
 */
public final class SmallSocketBuffers implements WebServerFactoryCustomizer<ConfigurableTomcatWebServerFactory> {

    private static final String FRAME_BUFFERS = "org.apache.tomcat.websocket.DEFAULT_BUFFER_SIZE";
    private static final String FRAME_BYTES = "1024";
    private static final String SOCKET_BYTES = "1024";

    /**
     * Linux doubles it, and counts its own overhead in. It lets a writer go on when a third of that is free, which is how exactly the progress of
     * a slow reader is seen: so it is not more than a slow reader must take within the time that it has.
     */
    private static final String SYSTEM_BYTES = "24576";

    /** Enough to hand over a message in pieces; a connection holds it all its life. */
    private static final int MESSAGE_BYTES = 512;

    /** Tomcat's WebSockets, with such buffers. */
    public static ServletServerContainerFactoryBean container() {
        ServletServerContainerFactoryBean container = new ServletServerContainerFactoryBean();
        container.setMaxTextMessageBufferSize(MESSAGE_BYTES);
        container.setMaxBinaryMessageBufferSize(MESSAGE_BYTES);
        return container;
    }

    @Override
    public void customize(ConfigurableTomcatWebServerFactory factory) {
        // Tomcat reads it once, when its first WebSocket class is loaded: after this.
        if (System.getProperty(FRAME_BUFFERS) == null) {
            System.setProperty(FRAME_BUFFERS, FRAME_BYTES);
        }
        factory.addConnectorCustomizers(SmallSocketBuffers::shrink);
    }

    private static void shrink(Connector connector) {
        connector.setProperty("socket.appReadBufSize", SOCKET_BYTES);
        connector.setProperty("socket.appWriteBufSize", SOCKET_BYTES);
        connector.setProperty("socket.txBufSize", SYSTEM_BYTES);
    }
}
