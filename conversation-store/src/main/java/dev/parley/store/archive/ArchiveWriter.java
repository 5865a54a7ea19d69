package dev.parley.store.archive;

import com.github.luben.zstd.Zstd;
import dev.parley.schema.id.StreamId;
import dev.parley.schema.log.RawRecord;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Writes the parts of a stream's archive, record by record. What most records have in common (head of the frame, headers, seq) is written once
 * a part; offsets, times and texts are in columns of their own; the text that a terminal event repeats is left out. Each part is compressed
 * with zstd. The same records give the same parts, and {@link ArchiveReader} returns each record unchanged, whatever it contains.
 *
 * <p>Format 1: four bytes with the uncompressed length, then the compressed columns, each with its length before it. Not thread-safe.
 */
public final class ArchiveWriter {

    /** The version of the format, stored beside the parts. */
    public static final int FORMAT = 1;

    /** A value as it is. */
    static final int RAW = 0;

    /** A chunk that counts: its text is part of the stream's text. */
    static final int CHUNK = 1;

    /** A chunk that does not count. */
    static final int OTHER_CHUNK = 2;

    /** A value that contains the stream's text, which is left out. */
    static final int TERMINAL = 3;

    /** A part ends when its columns have this size. */
    private static final int PART_BYTES = 256 * 1024;

    /** A shorter text is not left out of a terminal event. */
    private static final int MIN_REPEATED = 16;

    private static final int MAX_REPEATED = 4 * 1024 * 1024;
    private static final int LEVEL = 6;

    private final ChunkShape chunks;
    private final HeadShape heads;
    private final List<byte[]> parts = new ArrayList<>();
    private final Column text = new Column();

    private final Column offsets = new Column();
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

    /** @param counts whether the record counts for the stream; a hint that saves space */
    public void add(RawRecord next, boolean counts) {
        offsets.signed(next.offset() - lastOffset);
        times.signed(next.timeMs() - lastTimeMs);
        lastOffset = next.offset();
        lastTimeMs = next.timeMs();
        long seq = heads.seqOf(next);
        ChunkShape.Parts chunk = seq == HeadShape.NO_SEQ ? null : chunks.split(next.value(), seq);
        int repeated = chunk == null && counts ? indexOfText(next.value()) : -1;
        int kind = chunk != null ? counts ? CHUNK : OTHER_CHUNK : repeated >= 0 ? TERMINAL : RAW;
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
            addChunk(chunk, counts);
        } else if (repeated >= 0) {
            addWithoutText(next.value(), repeated);
        } else {
            lengths.number(next.value().length);
            others.raw(next.value());
        }
        if (columnBytes() >= PART_BYTES) {
            close();
        }
    }

    private void addChunk(ChunkShape.Parts chunk, boolean counts) {
        shapes.number(indexOf(chunk.tail()));
        lengths.number(chunk.content().length);
        contents.raw(chunk.content());
        if (counts && text.size() + chunk.content().length <= MAX_REPEATED) {
            text.raw(chunk.content());
        }
    }

    private void addWithoutText(byte[] value, int textIndex) {
        lengths.number(textIndex);
        others.raw(value, 0, textIndex);
        int after = textIndex + text.size();
        lengths.number(value.length - after);
        others.raw(value, after, value.length - after);
    }

    /** All parts so far. Records that are added later go into further parts. */
    public List<byte[]> parts() {
        if (shapes.size() > 0) {
            close();
        }
        return List.copyOf(parts);
    }

    private int indexOfText(byte[] value) {
        if (text.size() < MIN_REPEATED) {
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
        return offsets.size() + times.size() + shapes.size() + lengths.size() + others.size() + contents.size();
    }

    private void close() {
        Column all = new Column();
        for (Column column : List.of(offsets, times, shapes, lengths, others, contents)) {
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
