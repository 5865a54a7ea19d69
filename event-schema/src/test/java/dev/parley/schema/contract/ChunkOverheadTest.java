package dev.parley.schema.contract;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.schema.event.ReasoningStep;
import dev.parley.schema.event.StreamEvent;
import dev.parley.schema.event.StreamEvent.ContentChunk;
import dev.parley.schema.event.StreamEvent.ThinkingChunk;
import dev.parley.schema.event.ThinkingMode;
import dev.parley.schema.id.MessageId;
import dev.parley.schema.json.FrameCodec;
import org.junit.jupiter.api.Test;

/** A token is small, so the bytes around it must be few. */
class ChunkOverheadTest {

    private static final MessageId UUID = new MessageId("0b1f6f3e-5a1c-4a60-9d3b-1f7f0c6e2a11");
    private static final String TEXT = " tokens of an answer, über ";

    @Test
    void a_chunk_costs_about_100_bytes_beyond_its_text() {
        assertThat(overhead(new ContentChunk(UUID, 1234, TEXT, false, null))).isBetween(90, 115);
    }

    @Test
    void a_chunk_of_code_costs_about_125_bytes_beyond_its_text() {
        assertThat(overhead(new ContentChunk(UUID, 1234, TEXT, true, null))).isBetween(100, 130);
    }

    @Test
    void a_step_of_reasoning_costs_less_than_190_bytes_beyond_its_text() {
        ReasoningStep step = new ReasoningStep(12, ThinkingMode.METACOGNITIVE, TEXT, null);

        assertThat(overhead(new ThinkingChunk(UUID, 1234, step))).isBetween(130, 190);
    }

    private static int overhead(StreamEvent event) {
        return FrameCodec.encode((Record) event).length - TEXT.getBytes(UTF_8).length;
    }
}
