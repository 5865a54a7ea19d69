package dev.parley.schema.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.junit.jupiter.api.Test;

class ProjectionPositionTest {

    @Test
    void the_position_increases_while_the_committed_offset_stays_at_the_oldest_unfinished_turn() {
        assertThat(ProjectionPosition.of(new OffsetAndMetadata(3, ProjectionPosition.metadata(12))))
                .isEqualTo(12);
    }

    @Test
    void without_metadata_the_committed_offset_is_the_position() {
        assertThat(ProjectionPosition.of(new OffsetAndMetadata(3))).isEqualTo(3);
        assertThat(ProjectionPosition.of(new OffsetAndMetadata(3, "written_to=x")))
                .isEqualTo(3);
        assertThat(ProjectionPosition.of(new OffsetAndMetadata(3, "something else")))
                .isEqualTo(3);
    }
}
