package dev.parley.store.archive;

import dev.parley.schema.log.RawHeader;
import dev.parley.schema.log.RawRecord;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** The key and headers of a record without the seq in its {@code ce_id}, which are the same for most records of a stream. */
final class HeadShape {

    static final long NO_SEQ = -1;

    private static final String ID = "ce_id";
    private static final int MAX_DIGITS = 18;
    private static final byte UNCHANGED = 0;
    private static final byte WITH_SEQ = 1;

    private final String idHead;

    /** @param idHead the text before the seq in a {@code ce_id} */
    HeadShape(String idHead) {
        this.idHead = idHead;
    }

    /** The number after the message id in {@code ce_id}, or {@link #NO_SEQ}. */
    long seqOf(RawRecord record) {
        for (RawHeader header : record.headers()) {
            if (header.name().equals(ID)) {
                String id = new String(header.value(), StandardCharsets.UTF_8);
                String digits = id.startsWith(idHead) ? id.substring(idHead.length()) : "";
                return isNumber(digits) ? Long.parseLong(digits) : NO_SEQ;
            }
        }
        return NO_SEQ;
    }

    private static boolean isNumber(String digits) {
        return !digits.isEmpty()
                && digits.length() <= MAX_DIGITS
                && digits.chars().allMatch(each -> each >= '0' && each <= '9')
                && (digits.length() == 1 || digits.charAt(0) != '0');
    }

    byte[] of(RawRecord record, long seq) {
        Column shape = new Column();
        shape.text(utf8(record.key()));
        shape.number(record.headers().size());
        for (RawHeader header : record.headers()) {
            shape.text(utf8(header.name()));
            boolean isId = seq != NO_SEQ
                    && header.name().equals(ID)
                    && new String(header.value(), StandardCharsets.UTF_8).equals(idHead + seq);
            shape.number(isId ? WITH_SEQ : UNCHANGED);
            if (!isId) {
                shape.text(header.value());
            }
        }
        return shape.toBytes();
    }

    RawRecord record(byte[] shape, long offset, long timeMs, long seq, byte[] value) {
        ByteReader reader = new ByteReader(shape);
        String key = new String(reader.text(), StandardCharsets.UTF_8);
        long count = reader.number();
        List<RawHeader> headers = new ArrayList<>();
        for (long i = 0; i < count; i++) {
            String name = new String(reader.text(), StandardCharsets.UTF_8);
            headers.add(new RawHeader(name, reader.number() == WITH_SEQ ? utf8(idHead + seq) : reader.text()));
        }
        return new RawRecord(offset, timeMs, key, headers, value);
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
