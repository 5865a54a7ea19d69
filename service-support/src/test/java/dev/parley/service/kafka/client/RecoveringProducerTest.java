package dev.parley.service.kafka.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.ClusterAuthorizationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;

class RecoveringProducerTest {

    private final List<MockProducer<String, byte[]>> made = new ArrayList<>();
    private long now;
    private final RecoveringProducer producer = new RecoveringProducer(
            () -> {
                made.add(new MockProducer<>(false, null, new StringSerializer(), new ByteArraySerializer()));
                return made.getLast();
            },
            () -> now);

    @Test
    void a_producer_that_gets_no_id_is_replaced_and_the_next_record_is_sent_by_the_new_one() {
        later();
        send();
        made.getFirst().errorNext(new ClusterAuthorizationException("no"));
        send();

        assertThat(made).hasSize(2);
        assertThat(made.getLast().history()).hasSize(1);
        made.getLast().completeNext();
    }

    @Test
    void a_producer_in_an_error_state_is_replaced() {
        later();
        made.getFirst().sendException =
                new KafkaException("Cannot perform a transactional operation because it is in an error state");
        assertThatThrownBy(this::send).isInstanceOf(KafkaException.class);
        send();

        assertThat(made.getLast().history()).hasSize(1);
    }

    @Test
    void a_producer_whose_records_are_late_is_kept() {
        later();
        send();
        made.getFirst().errorNext(new TimeoutException("late"));
        send();

        assertThat(made).hasSize(1);
    }

    @Test
    void no_producer_is_created_more_than_once_a_second_nor_after_close() {
        send();
        made.getFirst().errorNext(new ClusterAuthorizationException("no"));
        assertThat(made).hasSize(1);
        later();
        producer.close();
        assertThatThrownBy(this::send).isInstanceOf(IllegalStateException.class);
        assertThat(made).hasSize(1);
    }

    private void send() {
        producer.send(new ProducerRecord<>("chat.events", 0, "user/session", new byte[] {1}));
    }

    private void later() {
        now += TimeUnit.SECONDS.toNanos(2);
    }
}
