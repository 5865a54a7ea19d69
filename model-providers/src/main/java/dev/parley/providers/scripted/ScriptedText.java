package dev.parley.providers.scripted;

import java.util.HexFormat;

/**
 * The text of a {@code /script }. It depends only on the seed and the chunk's index, so a receiver can check every character, on any
 * attempt and from any position.
 *
 * <p>Chunk {@code n} is {@code n} in decimals, a colon, eight hex digits of a hash, and a space; each sixteenth chunk
 * ({@code n % 16 == 15}) ends with {@code " é✓😀\n"} instead, so that longer texts contain characters of two to four bytes.
 * The hash uses 32-bit arithmetic, here in JavaScript:
 *
 * <pre>{@code
 * function chunk(seed, n) {
 *   let x = (seed + Math.imul(n, 0x9e3779b9)) | 0
 *   x = Math.imul(x ^ (x >>> 16), 0x21f0aaad)
 *   x = Math.imul(x ^ (x >>> 15), 0x735a2d97)
 *   x = (x ^ (x >>> 15)) >>> 0
 *   return `${n}:${x.toString(16).padStart(8, '0')}${n % 16 === 15 ? ' é✓😀\n' : ' '}`
 * }
 * }</pre>
 */
public final class ScriptedText {

    private ScriptedText() {}

    /** @param seed only its lowest 32 bits are used */
    public static String chunk(long seed, int number) {
        return number + ":" + hex(seed, number) + (number % 16 == 15 ? " é✓😀\n" : " ");
    }

    /** The first chunks, joined. */
    public static String text(long seed, int chunks) {
        StringBuilder text = new StringBuilder();
        for (int number = 0; number < chunks; number++) {
            text.append(chunk(seed, number));
        }
        return text.toString();
    }

    /** The text of a step of reasoning, counted from 1. */
    public static String thinking(long seed, int step) {
        return "Step " + step + " of seed " + seed + ": " + hex(seed, -step);
    }

    private static String hex(long seed, int number) {
        int x = (int) seed + number * 0x9e3779b9;
        x = (x ^ (x >>> 16)) * 0x21f0aaad;
        x = (x ^ (x >>> 15)) * 0x735a2d97;
        x = x ^ (x >>> 15);
        return HexFormat.of().toHexDigits(x);
    }
}
