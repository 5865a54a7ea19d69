package dev.parley.gateway.http;

import dev.parley.schema.ErrorCode;
import dev.parley.schema.json.Decoded;
import dev.parley.schema.json.FrameCodec;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** Reads the body of a request as JSON in UTF-8, whatever its {@code Content-Type} says. */
final class JsonBody {

    private JsonBody() {}

    /**
     * Reads the data of a frame.
     *
     * @throws ProblemException {@code MESSAGE_TOO_LARGE} if it has, or declares, more than {@code maxBytes}; {@code
     *     INVALID_MESSAGE_FORMAT} if it is not UTF-8, not of this type, or shorter than its {@code Content-Length}
     */
    static <T> T read(HttpServletRequest request, int maxBytes, Class<T> type) {
        byte[] body = bytes(request, maxBytes);
        if (!isUtf8(body)) { // the JSON parser accepts some malformed UTF-8
            throw new ProblemException(ErrorCode.INVALID_MESSAGE_FORMAT, "the body is not UTF-8");
        }
        return switch (FrameCodec.decodeData(body, type)) {
            case Decoded.Ok<T>(T value) -> value;
            case Decoded.Malformed<T>(String reason) ->
                throw new ProblemException(ErrorCode.INVALID_MESSAGE_FORMAT, reason);
            case Decoded.UnknownType<T> _ ->
                throw new ProblemException(ErrorCode.INVALID_MESSAGE_FORMAT, "unknown type");
        };
    }

    private static byte[] bytes(HttpServletRequest request, int maxBytes) {
        if (request.getContentLengthLong() > maxBytes) {
            throw tooLarge(maxBytes);
        }
        try {
            byte[] body = request.getInputStream().readNBytes(maxBytes + 1);
            if (body.length > maxBytes) {
                throw tooLarge(maxBytes);
            }
            return body;
        } catch (IOException e) {
            throw new ProblemException(ErrorCode.INVALID_MESSAGE_FORMAT, "the body is shorter than its Content-Length");
        }
    }

    private static ProblemException tooLarge(int maxBytes) {
        return new ProblemException(ErrorCode.MESSAGE_TOO_LARGE, "the body has more than " + maxBytes + " bytes");
    }

    private static boolean isUtf8(byte[] body) {
        try {
            var _ = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(body));
            return true;
        } catch (CharacterCodingException e) {
            return false;
        }
    }
}
