package dev.parley.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.service.startup.SettingException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LaunchSettingsTest {

    @TempDir
    Path folder;

    @Test
    void without_settings_only_this_machine_reaches_it_and_data_is_in_the_working_directory() {
        var settings = LaunchSettings.of();

        assertThat(settings.address()).isEqualTo("127.0.0.1");
        assertThat(settings.port()).isEqualTo(8080);
        assertThat(settings.dataDir()).isEqualTo(Path.of("data").toAbsolutePath());
        assertThat(settings.secret()).isEmpty();
    }

    @Test
    void tokens_are_given_out_only_at_a_loopback_address() {
        assertThat(started("--server.address=localhost")).containsEntry("parley.dev.token-endpoint", true);
        assertThat(started("--server.address=0.0.0.0")).containsEntry("parley.dev.token-endpoint", false);
    }

    @Test
    void a_secret_that_is_set_is_used_and_none_is_written() {
        assertThat(started("--parley.auth.secret=given")).containsEntry("parley.auth.secret", "given");
        assertThat(folder.resolve(AuthSecret.FILE)).doesNotExist();
    }

    @Test
    void the_secret_is_created_once_and_only_its_owner_can_read_it() throws IOException {
        Object first = started().get("parley.auth.secret");

        assertThat(started().get("parley.auth.secret")).isEqualTo(first);
        assertThat(String.valueOf(first)).hasSizeGreaterThanOrEqualTo(43); // at least 32 random bytes
        assertThat(Files.getPosixFilePermissions(folder.resolve(AuthSecret.FILE)))
                .containsExactlyInAnyOrder(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);
        try (var files = Files.list(folder)) {
            assertThat(files).containsExactly(folder.resolve(AuthSecret.FILE));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"web", "-1", "65536", ""})
    void a_value_that_is_not_a_port_is_named(String port) {
        assertThatThrownBy(() -> LaunchSettings.of("--server.port=" + port))
                .isInstanceOf(SettingException.class)
                .hasMessageStartingWith(
                        "SERVER_PORT (server.port) is \"" + port + "\". It must be a number from 0 to 65535");
    }

    @Test
    void a_data_folder_that_is_a_file_or_cannot_be_created_is_refused_by_name() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "x");

        for (Path bad : List.of(file, file.resolve("below"))) {
            assertThat(LaunchSettings.of("--server.port=0", "--parley.data-dir=" + bad)
                            .refusal())
                    .hasValueSatisfying(sentence -> assertThat(sentence)
                            .contains(
                                    "The data folder " + bad + " (PARLEY_DATA_DIR)",
                                    "PARLEY_DATA_DIR=/path/to/folder"));
        }
    }

    @Test
    void a_taken_port_is_refused_in_one_sentence_with_the_remedy() throws IOException {
        try (var other = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            var refusal =
                    LaunchSettings.of("--server.port=" + other.getLocalPort()).refusal();

            assertThat(refusal)
                    .hasValueSatisfying(sentence -> assertThat(sentence)
                            .contains(String.valueOf(other.getLocalPort()), "SERVER_PORT")
                            .hasLineCount(1));
        }
        assertThat(LaunchSettings.of("--server.port=0").refusal()).isEmpty();
    }

    private java.util.Map<String, Object> started(String... args) {
        var all = new java.util.ArrayList<>(java.util.List.of(args));
        all.add("--parley.data-dir=" + folder);
        return LaunchSettings.of(all.toArray(String[]::new)).properties();
    }
}
