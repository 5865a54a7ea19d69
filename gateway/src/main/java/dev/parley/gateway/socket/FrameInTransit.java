package dev.parley.gateway.socket;

import jakarta.websocket.Session;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.apache.tomcat.websocket.WsFrameBase;
import org.apache.tomcat.websocket.WsSession;
import org.jspecify.annotations.Nullable;

/**
 * How long a frame says it is while its bytes are still to come. Tomcat hands over what has come and keeps to itself what is
 * announced, so a frame of 2^62 bytes of which nothing follows would be waited for; this looks at Tomcat's own fields.
 */
final class FrameInTransit {

    private static final VarHandle FRAME = field(WsSession.class, "wsFrame", WsFrameBase.class);
    private static final VarHandle LENGTH = field(WsFrameBase.class, "payloadLength", long.class);

    private final @Nullable WsSession session;

    /** @param session Tomcat's */
    FrameInTransit(@Nullable Session session) {
        this.session = session instanceof WsSession tomcats ? tomcats : null;
    }

    /** Bytes that the frame under way has, or the one before it had. */
    long announcedBytes() {
        Object frame = session == null ? null : FRAME.getOpaque(session);
        return frame == null ? 0 : (long) LENGTH.getOpaque(frame);
    }

    private static VarHandle field(Class<?> in, String name, Class<?> type) {
        try {
            return MethodHandles.privateLookupIn(in, MethodHandles.lookup()).findVarHandle(in, name, type);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }
}
