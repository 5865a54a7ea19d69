package dev.parley.prompt.retrieval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.prompt.emotion.LexiconEmotions;
import dev.parley.service.startup.SettingException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DocumentsTest {
    private static final long PLENTY = 1_000_000;

    private final Terms terms = new Terms(new LexiconEmotions()::isCommon);

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    private void write(String name, String text) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }

    private WatchedDocuments documents(int files, long bytes) throws IOException {
        return new WatchedDocuments(folder, files, bytes, terms);
    }

    private static List<String> ids(List<Passage.Found> found) {
        return found.stream().map(hit -> hit.passage().id()).toList();
    }

    @Test
    void relevant_passages_come_best_first_with_a_share_as_score() throws IOException {
        write(
                "biology/plants.md",
                "# Plants\n\nLeaves are green.\n\n## Photosynthesis\n\nPhotosynthesis makes sugar from light.");
        write("history.txt", "Charlemagne was a king.\n\nHe was crowned in 800.");

        List<Passage.Found> found = documents(10, PLENTY).search("How does photosynthesis make sugar?", 5);

        assertThat(ids(found)).containsExactly("biology/plants.md#2");
        assertThat(found.getFirst().passage().title()).isEqualTo("Plants");
        assertThat(found.getFirst().passage().text()).contains("makes sugar from light");
        assertThat(found.getFirst().score()).isBetween(0.2, 1.0);
    }

    @Test
    void a_question_without_matching_text_has_no_passage() throws IOException {
        write("history.txt", "Charlemagne was a king.");

        assertThat(documents(10, PLENTY).search("Why is the sea salty?", 5)).isEmpty();
        assertThat(documents(10, PLENTY).search("what is the of", 5)).isEmpty();
        assertThat(documents(10, PLENTY).search("", 5)).isEmpty();
        assertThat(documents(10, PLENTY).search("king AND (title:* OR \"", 5)).hasSize(1);
    }

    @Test
    void changed_new_and_removed_files_are_seen() throws IOException {
        write("a.txt", "Charlemagne was a king.");
        WatchedDocuments documents = documents(10, PLENTY);
        assertThat(documents.refresh()).isFalse();

        write("a.txt", "Cleopatra was a queen of Egypt.");
        write("b.md", "Charlemagne again");
        assertThat(documents.refresh()).isTrue();
        assertThat(ids(documents.search("Cleopatra", 5))).containsExactly("a.txt#1");
        assertThat(ids(documents.search("Charlemagne", 5))).containsExactly("b.md#1");

        Files.delete(folder.resolve("a.txt"));
        assertThat(documents.refresh()).isTrue();
        assertThat(documents.search("Cleopatra", 5)).isEmpty();
    }

    @Test
    void files_are_read_within_the_limits_of_number_and_size() throws IOException {
        write("1.txt", "quokka");
        write("2.txt", "quokka " + "x".repeat(500));
        write("3.md", "quokka");
        write("4.md", "quokka");
        write("image.png", "quokka");
        write(".hidden/5.txt", "quokka");
        Files.createSymbolicLink(folder.resolve("0.txt"), folder.resolve("4.md"));

        assertThat(ids(documents(10, PLENTY).search("quokka", 10)))
                .containsExactlyInAnyOrder("1.txt#1", "2.txt#1", "3.md#1", "4.md#1");
        assertThat(ids(documents(2, PLENTY).search("quokka", 10))).containsExactlyInAnyOrder("1.txt#1", "2.txt#1");
        assertThat(ids(documents(10, 100).search("quokka", 10)))
                .containsExactlyInAnyOrder("1.txt#1", "3.md#1", "4.md#1");
    }

    @Test
    void a_file_that_is_not_text_does_not_stop_the_others() throws IOException {
        Files.write(
                folder.resolve("odd.txt"), new byte[] {(byte) 0xff, (byte) 0xfe, 0, 'q', 'u', 'o', 'l', 'l', ' ', 'x'});
        write("empty.md", "");

        assertThat(documents(10, PLENTY).search("x", 5)).hasSize(1);
    }

    @Test
    void a_missing_folder_stops_the_start() {
        String none = folder.resolve("none").toString();
        assertThatThrownBy(() -> WatchedDocuments.folder(none))
                .isInstanceOf(SettingException.class)
                .hasMessageStartingWith("PARLEY_ENGINE_CONTEXT_DOCUMENTS (parley.engine.context.documents) is ")
                .hasMessageContaining("which does not exist");
    }

    @Test
    void passages_contain_the_whole_text_in_order_and_are_never_too_long() {
        long seed = Long.getLong("parley.seed", System.nanoTime());
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        List<String> pieces = List.of(
                "word",
                " ",
                "\n\n",
                "\n# Heading\n",
                "😀",
                "x".repeat(700),
                "\r\n",
                "漢字".repeat(900),
                "😀".repeat(1_300));
        for (int i = 0; i < 300; i++) {
            String text = IntStream.range(0, random.nextInt(60))
                    .mapToObj(_ -> pieces.get(random.nextInt(pieces.size())))
                    .collect(Collectors.joining());

            List<Passage> passages = Passages.of("a/b.md", text);

            assertThat(passages).allSatisfy(passage -> {
                assertThat(passage.text().length()).isBetween(1, Passages.MAX_CHARS);
                assertThat(new String(passage.text().getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8))
                        .isEqualTo(passage.text());
            });
            assertThat(passages.stream()
                            .map(Passage::text)
                            .collect(Collectors.joining())
                            .replaceAll("\\s", ""))
                    .isEqualTo(text.replaceAll("\\s", ""));
        }
    }
}
