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
 * What Tomcat knows of a connection's incoming frames and keeps to itself. It hands over what has come and not what is announced, so a frame
 * of 2^62 bytes of which nothing follows would be waited for. And it answers pings without telling anybody. This looks at Tomcat's own
 * fields.
 */
final class IncomingFrames {

    private static final VarHandle FRAME = field(WsSession.class, "wsFrame", WsFrameBase.class);
    private static final VarHandle LENGTH = field(WsFrameBase.class, "payloadLength", long.class);
    private static final VarHandle STATISTICS = field(WsFrameServer.class, "upgradeInfo", UpgradeInfo.class);

    private final @Nullable WsSession session;

    /** @param session Tomcat's */
    IncomingFrames(@Nullable Session session) {
        this.session = session instanceof WsSession tomcats ? tomcats : null;
    }

    /** Bytes that the frame under way has, or the one before it had. */
    long announcedBytes() {
        Object frame = session == null ? null : FRAME.getOpaque(session);
        return frame == null ? 0 : (long) LENGTH.getOpaque(frame);
    }

    /** Frames of every kind that have come to their end. A data frame is counted after all of it was handed over. */
    long completed() {
        Object frame = session == null ? null : FRAME.getOpaque(session);
        return frame instanceof WsFrameServer server ? ((UpgradeInfo) STATISTICS.get(server)).getMsgsReceived() : 0;
    }

    /** Reads no more from the client until {@link #resume}. */
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
