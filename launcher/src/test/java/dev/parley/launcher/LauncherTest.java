package dev.parley.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.DataInputStream;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LauncherTest {

    private static final int JAVA_8 = 52;

    @ParameterizedTest
    @CsvSource({"1.8, 8", "9, 9", "11, 11", "17, 17", "24, 24", "25, 25", "26, 26"})
    void the_release_is_read_from_the_specification_of_every_java(String specification, int release) {
        assertThat(Launcher.release(specification)).isEqualTo(release);
    }

    @Test
    void the_refusal_names_what_is_needed_what_was_found_and_what_to_do() {
        assertThat(Launcher.refusal("gateway.jar", "17.0.15", "/opt/jdk-17"))
                .isEqualTo("gateway.jar needs Java 25 or newer, but this is Java 17.0.15 in /opt/jdk-17:"
                        + " start it with a JDK 25, as in /path/to/jdk-25/bin/java -jar gateway.jar.");
    }

    @Test
    void java_8_can_load_it() throws IOException {
        try (var bytes = Launcher.class.getResourceAsStream("Launcher.class")) {
            assertThat(bytes).isNotNull();
            var file = new DataInputStream(bytes);
            file.readInt();
            file.readUnsignedShort();
            assertThat(file.readUnsignedShort()).isEqualTo(JAVA_8);
        }
    }
}
