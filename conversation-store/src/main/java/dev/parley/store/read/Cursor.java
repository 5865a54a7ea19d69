package dev.parley.store.read;

import java.nio.charset.StandardCharsets;
import java.util.Base64;

/** Where a page ended. Clients see it as an opaque text. */
public record Cursor(long position, String detail) {

    /** @throws IllegalArgumentException if the text is not a cursor */
    public static Cursor parse(String text) {
        String plain = new String(Base64.getUrlDecoder().decode(text), StandardCharsets.UTF_8);
        int colon = plain.indexOf(':');
        if (colon < 1) {
            throw new IllegalArgumentException("not a cursor");
        }
        return new Cursor(Long.parseLong(plain, 0, colon, 10), plain.substring(colon + 1));
    }

    public String text() {
        return Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString((position + ":" + detail).getBytes(StandardCharsets.UTF_8));
    }

    boolean isAfter(Cursor other) {
        return position > other.position || (position == other.position && detail.compareTo(other.detail) > 0);
    }
}
