package dev.parley.token;

import dev.parley.schema.json.FrameCodec;
import io.jsonwebtoken.io.DeserializationException;
import io.jsonwebtoken.io.Deserializer;
import io.jsonwebtoken.io.SerializationException;
import io.jsonwebtoken.io.Serializer;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.core.type.TypeReference;

/** Lets jjwt read and write JSON with {@link FrameCodec}, which is strict and saves a second version of Jackson. */
public final class JwtJson {

    private static final TypeReference<Map<String, Object>> CLAIMS = new TypeReference<>() {};

    private JwtJson() {}

    /** Reads headers and claims. */
    public static final class Reader implements Deserializer<Map<String, ?>> {

        @Override
        @Deprecated // by jjwt, in favour of the one that takes a reader
        @SuppressWarnings("deprecation")
        public Map<String, ?> deserialize(byte[] bytes) {
            return read(new String(bytes, StandardCharsets.UTF_8));
        }

        @Override
        public Map<String, ?> deserialize(java.io.Reader reader) {
            try (reader) {
                StringBuilder text = new StringBuilder();
                char[] buffer = new char[1024];
                for (int n = reader.read(buffer); n >= 0; n = reader.read(buffer)) {
                    text.append(buffer, 0, n);
                }
                return read(text.toString());
            } catch (IOException e) {
                throw new DeserializationException("unreadable", e);
            }
        }

        private static Map<String, ?> read(String json) {
            try {
                return FrameCodec.mapper().readValue(json, CLAIMS);
            } catch (JacksonException e) {
                throw new DeserializationException("not a JSON object", e);
            }
        }
    }

    /** Writes headers and claims. */
    public static final class Writer implements Serializer<Map<String, ?>> {

        @Override
        @Deprecated // by jjwt, in favour of the one that takes a stream
        @SuppressWarnings("deprecation")
        public byte[] serialize(Map<String, ?> claims) {
            return FrameCodec.mapper().writeValueAsBytes(claims);
        }

        @Override
        public void serialize(Map<String, ?> claims, OutputStream out) {
            try {
                out.write(FrameCodec.mapper().writeValueAsBytes(claims));
            } catch (IOException e) {
                throw new SerializationException("unwritable", e);
            }
        }
    }
}
