package dev.parley.schema.contract;

import java.util.Arrays;
import java.util.List;

/**
 * A frame as it is on the wire, in a file of one line: {@code <family>/<type>.json}, or {@code <family>/<type>.<variant>.json}.
 * Clients in other languages can test with the same files.
 */
record Golden(String file, byte[] wire) {

    static final String FOLDER = "golden/v1";

    static List<Golden> all() {
        return TestFiles.list(FOLDER).stream().map(Golden::read).toList();
    }

    static List<Golden> of(WireType type) {
        return all().stream()
                .filter(golden -> golden.path().equals(type.path()))
                .toList();
    }

    WireType type() {
        return WireType.all().stream()
                .filter(type -> type.path().equals(path()))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no record is of the type of the golden file " + file));
    }

    /** The family and the type, without the variant. */
    String path() {
        int folder = file.indexOf('/');
        return file.substring(0, file.indexOf('.', folder));
    }

    private static Golden read(String file) {
        byte[] line = TestFiles.bytes(FOLDER + "/" + file);
        if (line.length == 0 || line[line.length - 1] != '\n') {
            throw new AssertionError(file + " must be one line, ended by a line feed");
        }
        return new Golden(file, Arrays.copyOf(line, line.length - 1));
    }

    @Override
    public String toString() {
        return file;
    }
}
