package dev.parley.gateway.websocket;

import org.apache.catalina.connector.Connector;
import org.springframework.boot.tomcat.ConfigurableTomcatWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.web.socket.server.standard.ServletServerContainerFactoryBean;

/**
 * Saves memory of idle connections: by default Tomcat holds five buffers of 8 KiB for each WebSocket. With smaller ones a long message takes more
 * frames. Bounds the system's send buffer too, which would otherwise take megabytes before a stalled reader is noticed.
 */
public final class SmallSocketBuffers implements WebServerFactoryCustomizer<ConfigurableTomcatWebServerFactory> {

    private static final String FRAME_BUFFERS = "org.apache.tomcat.websocket.DEFAULT_BUFFER_SIZE";
    private static final String FRAME_BYTES = "1024";
    private static final String SOCKET_BYTES = "1024";

    /**
     * Linux doubles this size and counts its overhead against it. A blocked writer goes on when a third is free, so progress is measured in steps of
     * that size: it must not exceed what a slow reader has to take in {@code max-write-ms}.
     */
    private static final String SYSTEM_BYTES = "24576";

    /** Enough to pass a message on in fragments; each connection holds it. */
    private static final int MESSAGE_BYTES = 512;

    /** The configuration of Tomcat's WebSockets. */
    public static ServletServerContainerFactoryBean container() {
        ServletServerContainerFactoryBean container = new ServletServerContainerFactoryBean();
        container.setMaxTextMessageBufferSize(MESSAGE_BYTES);
        container.setMaxBinaryMessageBufferSize(MESSAGE_BYTES);
        return container;
    }

    @Override
    public void customize(ConfigurableTomcatWebServerFactory factory) {
        // Tomcat reads it when its first WebSocket class is loaded, which is later
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
