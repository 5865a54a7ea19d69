package dev.parley.store.archive;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdException;
import dev.parley.schema.id.StreamId;
import dev.parley.schema.log.RawRecord;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Reads the records from the parts of an archive. */
public final class ArchiveReader {

    /** More than any part has, so that a damaged one cannot take all memory. */
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
     * @param parts all, in their order
     * @throws IllegalArgumentException if a part is damaged
     */
    public static List<RawRecord> read(StreamId stream, List<byte[]> parts) {
        ArchiveReader reader = new ArchiveReader(stream);
        parts.forEach(reader::readPart);
        return reader.records;
    }

    private void readPart(byte[] part) {
        ByteReader all = new ByteReader(decompressed(part));
        new Part(
                        new ByteReader(all.text()),
                        new ByteReader(all.text()),
                        new ByteReader(all.text()),
                        new ByteReader(all.text()),
                        new ByteReader(all.text()),
                        new ByteReader(all.text()))
                .read();
    }

    private static byte[] decompressed(byte[] part) {
        if (part.length < Integer.BYTES) {
            throw ByteReader.damaged();
        }
        int size = ByteBuffer.wrap(part).getInt();
        if (size < 0 || size > MAX_BYTES) {
            throw ByteReader.damaged();
        }
        try {
            byte[] bytes = Zstd.decompress(Arrays.copyOfRange(part, Integer.BYTES, part.length), size);
            if (bytes.length != size) {
                throw ByteReader.damaged();
            }
            return bytes;
        } catch (ZstdException e) {
            throw ByteReader.damaged();
        }
    }

    private final class Part {

        private final ByteReader offsets;
        private final ByteReader times;
        private final ByteReader shapes;
        private final ByteReader lengths;
        private final ByteReader others;
        private final ByteReader contents;
        private final List<byte[]> known = new ArrayList<>();
        private long offset;
        private long timeMs;

        Part(
                ByteReader offsets,
                ByteReader times,
                ByteReader shapes,
                ByteReader lengths,
                ByteReader others,
                ByteReader contents) {
            this.offsets = offsets;
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
            offset += offsets.signed();
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
                case ArchiveWriter.CHUNK, ArchiveWriter.OTHER_CHUNK -> {
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
                default -> throw ByteReader.damaged();
            };
        }

        /** When an index comes for the first time, its shape follows in the column of other bytes. */
        private byte[] shape(long index) {
            if (index == known.size()) {
                known.add(others.text());
            }
            if (index < 0 || index >= known.size()) {
                throw ByteReader.damaged();
            }
            return known.get((int) index);
        }
    }
}
