package dev.parley.providers.wire;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A body that arrives in pieces, as a network gives it: one read gives one piece at the most. */
public final class CutInput extends InputStream {

    private final List<ByteArrayInputStream> pieces = new ArrayList<>();

    private CutInput(byte[] bytes, int... cuts) {
        int from = 0;
        for (int cut : cuts) {
            pieces.add(new ByteArrayInputStream(bytes, from, cut - from));
            from = cut;
        }
        pieces.add(new ByteArrayInputStream(bytes, from, bytes.length - from));
    }

    /** The body whole, cut in two at every byte, and a byte at a time. */
    public static List<InputStream> everyWay(byte[] bytes) {
        List<InputStream> ways = new ArrayList<>();
        ways.add(new CutInput(bytes));
        for (int cut = 1; cut < bytes.length; cut++) {
            ways.add(new CutInput(bytes, cut));
        }
        int[] all = new int[bytes.length];
        Arrays.setAll(all, i -> i);
        ways.add(new CutInput(bytes, all));
        return ways;
    }

    /** The body up to a reset of the connection. */
    public static InputStream thenReset(byte[] bytes) {
        return new SequenceInputStream(new ByteArrayInputStream(bytes), new InputStream() {
            @Override
            public int read() throws IOException {
                throw new IOException("reset");
            }
        });
    }

    @Override
    public int read() {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] into, int from, int max) {
        while (!pieces.isEmpty()) {
            int count = pieces.getFirst().read(into, from, max);
            if (count > 0) {
                return count;
            }
            pieces.removeFirst();
        }
        return -1;
    }
}
