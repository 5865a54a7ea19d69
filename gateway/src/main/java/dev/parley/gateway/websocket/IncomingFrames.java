package dev.parley.gateway.websocket;

import jakarta.websocket.Session;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.apache.coyote.http11.upgrade.UpgradeInfo;
import org.apache.tomcat.websocket.WsFrameBase;
import org.apache.tomcat.websocket.WsSession;
import org.apache.tomcat.websocket.server.WsFrameServer;
import org.jspecify.annotations.Nullable;

/**
 * Reads from Tomcat's private fields what its API does not tell: the announced length of the current frame, so that a frame of 2^62 bytes is refused
 * before it comes, and the number of frames, because Tomcat answers pings without telling the application.
 */
final class IncomingFrames {

    private static final VarHandle FRAME = field(WsSession.class, "wsFrame", WsFrameBase.class);
    private static final VarHandle LENGTH = field(WsFrameBase.class, "payloadLength", long.class);
    private static final VarHandle STATISTICS = field(WsFrameServer.class, "upgradeInfo", UpgradeInfo.class);

    private final @Nullable WsSession session;

    /** @param session the connection's; if it is not Tomcat's, nothing is known */
    IncomingFrames(@Nullable Session session) {
        this.session = session instanceof WsSession tomcats ? tomcats : null;
    }

    /** Length of the current frame, or of the last one between two frames. */
    long announcedBytes() {
        Object frame = session == null ? null : FRAME.getOpaque(session);
        return frame == null ? 0 : (long) LENGTH.getOpaque(frame);
    }

    /** Number of complete frames of every kind. A data frame counts after the application has got all of it. */
    long completed() {
        Object frame = session == null ? null : FRAME.getOpaque(session);
        return frame instanceof WsFrameServer server ? ((UpgradeInfo) STATISTICS.get(server)).getMsgsReceived() : 0;
    }

    /** Stops reading from the client until {@link #resume}. */
    void suspend() {
        if (session != null) {
            session.suspend();
        }
    }

    void resume() {
        if (session != null) {
            session.resume();
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
