package dev.parley.schema.contract;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class EventsDocumentTest {

    @Test
    void tables_and_examples_are_generated_from_schemas_and_golden_files() {
        EventsDocument.FILE.mustBe(EventsDocument::derived);
    }

    @Test
    void every_type_is_described() {
        String document = EventsDocument.FILE.read();

        for (WireType type : WireType.all()) {
            assertThat(document).contains("<a id=\"" + type.path().replace('/', '-') + "\"></a>");
        }
    }
}
