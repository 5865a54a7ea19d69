package dev.parley.store.compare;

import dev.parley.store.document.Fields;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.bson.BsonDocument;
import org.bson.Document;
import org.bson.RawBsonDocument;
import org.bson.codecs.BsonDocumentCodec;

/**
 * The digest of a document.
 *
 * @param sha256 over its BSON, with the fields in the order of their names
 * @param lastOffset of the record that changed it last
 */
public record DocumentDigest(String sha256, long lastOffset) {

    static DocumentDigest of(Document document) {
        return new DocumentDigest(sha256(document), document.getLong(Fields.LAST_OFFSET));
    }

    private static String sha256(Document document) {
        BsonDocument sorted = new BsonDocument();
        BsonDocument bson = document.toBsonDocument();
        for (String field : bson.keySet().stream().sorted().toList()) {
            sorted.append(field, bson.get(field));
        }
        byte[] bytes = new RawBsonDocument(sorted, new BsonDocumentCodec())
                .getByteBuffer()
                .array();
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
