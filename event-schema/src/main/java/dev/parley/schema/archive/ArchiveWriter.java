package dev.parley.schema.archive;

import com.github.luben.zstd.Zstd;
import dev.parley.schema.id.StreamId;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Creates the parts of a stream's archive from its records. What most records have in common (head of the frame, headers, seq) is stored
 * once. Offsets, times and texts are stored in separate columns. The text that a terminal event repeats is omitted. Each part is compressed
 * with zstd. The same records give the same parts, and {@link ArchiveReader} restores each record bit by bit.
 *
 * <p>Format 1: four bytes with the uncompressed length, then the compressed columns, each preceded by its length. Not thread-safe.
 */
public final class ArchiveWriter {

    /** The version of the format, which is stored with the parts. */
    public static final int FORMAT = 1;

    static final int RAW = 0;
    static final int CHUNK = 1;
    static final int CHUNK_NOT_COUNTED = 2;
    static final int TERMINAL = 3;

    /** A part is closed when its columns have this many bytes. */
    private static final int PART_BYTES = 256 * 1024;

    /** Shorter texts are not searched for in the terminal event. */
    private static final int MIN_REPEATED_BYTES = 16;

    private static final int MAX_REPEATED_BYTES = 4 * 1024 * 1024;
    private static final int LEVEL = 6;

    private final ChunkShape chunks;
    private final HeadShape heads;
    private final List<byte[]> parts = new ArrayList<>();
    private final Column text = new Column();

    private final Column places = new Column();
    private final Column times = new Column();
    private final Column shapes = new Column();
    private final Column lengths = new Column();
    private final Column others = new Column();
    private final Column contents = new Column();
    private final Map<String, Integer> known = new HashMap<>();
    private long lastOffset;
    private long lastTimeMs;
    private long nextSeq;

    public ArchiveWriter(StreamId stream) {
        chunks = new ChunkShape(stream.message());
        heads = new HeadShape(stream.message() + "/");
    }

    /** @param counts whether readers accept the record; it affects only the size of the archive */
    public void add(RawRecord next, boolean counts) {
        places.signed(next.offset() - lastOffset);
        times.signed(next.timeMs() - lastTimeMs);
        lastOffset = next.offset();
        lastTimeMs = next.timeMs();
        long seq = heads.seqOf(next);
        ChunkShape.Parts chunk = seq == HeadShape.NO_SEQ ? null : chunks.split(next.value(), seq);
        int repeated = chunk == null && counts ? indexOfText(next.value()) : -1;
        int kind = chunk != null ? counts ? CHUNK : CHUNK_NOT_COUNTED : repeated >= 0 ? TERMINAL : RAW;
        shapes.number(kind);
        shapes.number(indexOf(heads.of(next, seq)));
        if (seq == HeadShape.NO_SEQ) {
            shapes.number(0);
        } else {
            shapes.number(1);
            shapes.signed(seq - nextSeq);
            nextSeq = seq + 1;
        }
        if (chunk != null) {
            shapes.number(indexOf(chunk.tail()));
            lengths.number(chunk.content().length);
            contents.raw(chunk.content());
            if (counts && text.size() + chunk.content().length <= MAX_REPEATED_BYTES) {
                text.raw(chunk.content());
            }
        } else if (repeated >= 0) {
            lengths.number(repeated);
            others.raw(next.value(), 0, repeated);
            int after = repeated + text.size();
            lengths.number(next.value().length - after);
            others.raw(next.value(), after, next.value().length - after);
        } else {
            lengths.number(next.value().length);
            others.raw(next.value());
        }
        if (columnBytes() >= PART_BYTES) {
            close();
        }
    }

    /** All parts so far. Records that are added later are in further parts. */
    public List<byte[]> parts() {
        if (shapes.size() > 0) {
            close();
        }
        return List.copyOf(parts);
    }

    private int indexOfText(byte[] value) {
        if (text.size() < MIN_REPEATED_BYTES) {
            return -1;
        }
        for (int i = 0; i <= value.length - text.size(); i++) {
            if (value[i] == text.first() && text.isAt(value, i)) {
                return i;
            }
        }
        return -1;
    }

    private int indexOf(byte[] shape) {
        String name = new String(shape, StandardCharsets.ISO_8859_1);
        Integer index = known.get(name);
        if (index == null) {
            index = known.size();
            known.put(name, index);
            others.text(shape);
        }
        return index;
    }

    private int columnBytes() {
        return places.size() + times.size() + shapes.size() + lengths.size() + others.size() + contents.size();
    }

    private void close() {
        Column all = new Column();
        for (Column column : List.of(places, times, shapes, lengths, others, contents)) {
            all.text(column.toBytes());
            column.clear();
        }
        byte[] compressed = Zstd.compress(all.toBytes(), LEVEL);
        parts.add(ByteBuffer.allocate(Integer.BYTES + compressed.length)
                .putInt(all.size())
                .put(compressed)
                .array());
        known.clear();
        lastOffset = 0;
        lastTimeMs = 0;
    }
}
