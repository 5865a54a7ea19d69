package dev.parley.schema.archive;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdException;
import dev.parley.schema.id.StreamId;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Restores the records of a stream from the parts of its archive. */
public final class ArchiveReader {

    /** A bound on the size of a part, so that a damaged one cannot exhaust the memory. */
    private static final int MAX_BYTES = 64 * 1024 * 1024;

    private final ChunkShape chunks;
    private final HeadShape heads;
    private final Column text = new Column();
    private final List<RawRecord> records = new ArrayList<>();
    private long nextSeq;

    private ArchiveReader(StreamId stream) {
        chunks = new ChunkShape(stream.message());
        heads = new HeadShape(stream.message() + "/");
    }

    /**
     * @param parts all parts, in order
     * @throws IllegalArgumentException if a part is damaged
     */
    public static List<RawRecord> read(StreamId stream, List<byte[]> parts) {
        ArchiveReader reader = new ArchiveReader(stream);
        parts.forEach(reader::readPart);
        return reader.records;
    }

    private void readPart(byte[] part) {
        Cursor all = new Cursor(decompressed(part));
        new Part(
                        new Cursor(all.text()),
                        new Cursor(all.text()),
                        new Cursor(all.text()),
                        new Cursor(all.text()),
                        new Cursor(all.text()),
                        new Cursor(all.text()))
                .read();
    }

    private static byte[] decompressed(byte[] part) {
        if (part.length < Integer.BYTES) {
            throw Cursor.damaged();
        }
        int size = ByteBuffer.wrap(part).getInt();
        if (size < 0 || size > MAX_BYTES) {
            throw Cursor.damaged();
        }
        try {
            byte[] bytes = Zstd.decompress(Arrays.copyOfRange(part, Integer.BYTES, part.length), size);
            if (bytes.length != size) {
                throw Cursor.damaged();
            }
            return bytes;
        } catch (ZstdException e) {
            throw Cursor.damaged();
        }
    }

    private final class Part {

        private final Cursor places;
        private final Cursor times;
        private final Cursor shapes;
        private final Cursor lengths;
        private final Cursor others;
        private final Cursor contents;
        private final List<byte[]> known = new ArrayList<>();
        private long offset;
        private long timeMs;

        Part(Cursor places, Cursor times, Cursor shapes, Cursor lengths, Cursor others, Cursor contents) {
            this.places = places;
            this.times = times;
            this.shapes = shapes;
            this.lengths = lengths;
            this.others = others;
            this.contents = contents;
        }

        void read() {
            while (!shapes.isAtEnd()) {
                records.add(next());
            }
        }

        private RawRecord next() {
            offset += places.signed();
            timeMs += times.signed();
            int kind = (int) shapes.number();
            byte[] head = shape(shapes.number());
            long seq = HeadShape.NO_SEQ;
            if (shapes.number() == 1) {
                seq = nextSeq + shapes.signed();
                nextSeq = seq + 1;
            }
            return heads.record(head, offset, timeMs, seq, value(kind, seq));
        }

        private byte[] value(int kind, long seq) {
            return switch (kind) {
                case ArchiveWriter.CHUNK, ArchiveWriter.CHUNK_NOT_COUNTED -> {
                    byte[] tail = shape(shapes.number());
                    byte[] content = contents.raw(lengths.number());
                    if (kind == ArchiveWriter.CHUNK) {
                        text.raw(content);
                    }
                    yield chunks.join(seq, content, tail);
                }
                case ArchiveWriter.TERMINAL -> {
                    Column value = new Column();
                    value.raw(others.raw(lengths.number()));
                    value.raw(text.toBytes());
                    value.raw(others.raw(lengths.number()));
                    yield value.toBytes();
                }
                case ArchiveWriter.RAW -> others.raw(lengths.number());
                default -> throw Cursor.damaged();
            };
        }

        /** When an index occurs for the first time, its shape follows in the column {@code others}. */
        private byte[] shape(long index) {
            if (index == known.size()) {
                known.add(others.text());
            }
            if (index < 0 || index >= known.size()) {
                throw Cursor.damaged();
            }
            return known.get((int) index);
        }
    }
}
