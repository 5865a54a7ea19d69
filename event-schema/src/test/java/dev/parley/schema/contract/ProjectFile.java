package dev.parley.schema.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.UnaryOperator;

/** A file of the project that is compared with the code, and of which parts may be generated. */
record ProjectFile(Path path) {

    private static final String REGENERATE = "parley.regenerate";

    /** @param path from the folder of this module, which is where tests run */
    static ProjectFile at(String path) {
        return new ProjectFile(Path.of(path));
    }

    String read() {
        try {
            return Files.readString(path);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** With -Dparley.regenerate=true, writes the derived text into the file. */
    void rewriteIfAsked(UnaryOperator<String> derivation) {
        if (Boolean.getBoolean(REGENERATE)) {
            write(derivation.apply(read()));
        }
    }

    void mustBe(UnaryOperator<String> derivation) {
        String text = read();
        assertThat(text)
                .as(
                        "%s is out of date: ./mvnw test -pl event-schema -am -D%s=true rewrites it; commit what it changed",
                        path.getFileName(), REGENERATE)
                .isEqualTo(derivation.apply(text));
    }

    private void write(String text) {
        try {
            Files.writeString(path, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
