package dev.parley.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FullDiskTest {

    private static final long MIB = 1024 * 1024;

    @TempDir
    Path folder;

    @Test
    void a_full_disk_is_reported_with_its_folder_and_the_remedy() {
        assertThat(FullDisk.sentence(folder, 3 * MIB))
                .hasValueSatisfying(sentence -> assertThat(sentence)
                        .contains(
                                "The disk that holds " + folder + " is full: 3 MiB are free",
                                "Make room",
                                "start again"));
    }

    @Test
    void a_disk_with_space_is_not_reported() {
        assertThat(FullDisk.sentence(folder, 17 * MIB)).isEmpty();
        assertThat(FullDisk.sentence(folder)).isEmpty();
    }

    @Test
    void for_a_missing_folder_the_disk_of_its_nearest_parent_counts() {
        assertThat(FullDisk.sentence(folder.resolve("not/yet"))).isEmpty();
    }
}
