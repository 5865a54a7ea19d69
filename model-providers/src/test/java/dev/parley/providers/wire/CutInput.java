package dev.parley.providers.wire;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A body that arrives in pieces, as from a network: a read returns at most one piece. */
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

    /** The body as a whole, split in two at every byte, and byte by byte. */
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

    /** The body, followed by a reset of the connection. */
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
