package dev.parley.schema.json;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.schema.command.Command;
import dev.parley.schema.connection.ClientFrame;
import dev.parley.schema.connection.ServerFrame;
import dev.parley.schema.event.ChatEvent;
import dev.parley.schema.event.StreamEvent;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class VocabularyTest {

    @Test
    void a_type_is_named_by_its_record_in_snake_case_or_by_its_annotation() {
        assertThat(Vocabulary.nameOf(StreamEvent.StreamStart.class)).isEqualTo("stream_start");
        assertThat(Vocabulary.nameOf(ServerFrame.AuthOk.class)).isEqualTo("auth_ok");
        assertThat(Vocabulary.nameOf(ServerFrame.RequestRefused.class)).isEqualTo("error");
    }

    @ParameterizedTest
    @ValueSource(classes = {Command.class, ChatEvent.class, ClientFrame.class, ServerFrame.class})
    void no_two_types_of_a_family_share_a_name_and_each_is_found_by_it(Class<?> family) {
        Vocabulary<?> vocabulary = Vocabulary.of(family);

        assertThat(leaves(family).map(Vocabulary::nameOf))
                .doesNotHaveDuplicates()
                .hasSameSizeAs(vocabulary.names());
        leaves(family)
                .forEach(leaf -> assertThat(
                                vocabulary.typeOf(Vocabulary.nameOf(leaf)).orElseThrow())
                        .isEqualTo(leaf));
    }

    @Test
    void a_nested_family_has_only_its_own_types() {
        Vocabulary<StreamEvent.Terminal> terminal = Vocabulary.of(StreamEvent.Terminal.class);

        assertThat(terminal.names()).containsExactlyInAnyOrder("stream_complete", "stream_error", "generation_stopped");
        assertThat(terminal.typeOf("content_chunk")).isEmpty();
    }

    private static Stream<Class<?>> leaves(Class<?> type) {
        return type.isRecord()
                ? Stream.of(type)
                : Stream.of(type.getPermittedSubclasses()).flatMap(VocabularyTest::leaves);
    }
}
