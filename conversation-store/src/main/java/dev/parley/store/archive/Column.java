package dev.parley.store.archive;

import java.util.Arrays;

/** A growing array of bytes. Numbers take one to ten bytes; texts have their length before them. Not thread-safe. */
final class Column {

    private static final int FIRST_BYTES = 64;

    private byte[] bytes = new byte[FIRST_BYTES];
    private int size;

    int size() {
        return size;
    }

    void clear() {
        size = 0;
    }

    byte[] toBytes() {
        return Arrays.copyOf(bytes, size);
    }

    /** Whether an array contains these bytes from an index on. */
    boolean isAt(byte[] of, int from) {
        return Arrays.equals(bytes, 0, size, of, from, from + size);
    }

    byte first() {
        return bytes[0];
    }

    void raw(byte[] from, int start, int length) {
        if (bytes.length - size < length) {
            bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, Math.addExact(size, length)));
        }
        System.arraycopy(from, start, bytes, size, length);
        size += length;
    }

    void raw(byte[] all) {
        raw(all, 0, all.length);
    }

    void text(byte[] all) {
        number(all.length);
        raw(all);
    }

    /** @param value not negative */
    void number(long value) {
        long rest = value;
        byte[] encoded = new byte[10];
        int length = 0;
        while ((rest & ~0x7FL) != 0) {
            encoded[length++] = (byte) (rest & 0x7F | 0x80);
            rest >>>= 7;
        }
        encoded[length++] = (byte) rest;
        raw(encoded, 0, length);
    }

    /** Of either sign; a number near 0 takes few bytes. */
    void signed(long value) {
        number(value << 1 ^ value >> 63);
    }
}
