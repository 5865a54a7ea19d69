package dev.parley.store.archive;

import java.util.Arrays;

/** Reads what a {@link Column} has written. Throws {@link IllegalArgumentException} if the bytes end too early. Not thread-safe. */
final class ByteReader {

    private static final int LAST_SHIFT = 63;

    private final byte[] bytes;
    private final int end;
    private int next;

    ByteReader(byte[] bytes, int start, int end) {
        this.bytes = bytes;
        this.next = start;
        this.end = end;
    }

    ByteReader(byte[] bytes) {
        this(bytes, 0, bytes.length);
    }

    boolean isAtEnd() {
        return next == end;
    }

    byte[] raw(long length) {
        if (length < 0 || length > end - next) {
            throw damaged();
        }
        byte[] taken = Arrays.copyOfRange(bytes, next, next + (int) length);
        next += (int) length;
        return taken;
    }

    byte[] text() {
        return raw(number());
    }

    long number() {
        long value = 0;
        for (int shift = 0; shift <= LAST_SHIFT; shift += 7) {
            if (next == end) {
                throw damaged();
            }
            byte each = bytes[next++];
            value |= (each & 0x7FL) << shift;
            if (each >= 0) {
                return value;
            }
        }
        throw damaged();
    }

    long signed() {
        long value = number();
        return value >>> 1 ^ -(value & 1);
    }

    static IllegalArgumentException damaged() {
        return new IllegalArgumentException("this part of an archive is damaged");
    }
}
