package dev.parley.schema.contract;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.schema.command.Command;
import dev.parley.schema.event.ChatEvent;
import dev.parley.schema.event.ChatEvent.Control;
import dev.parley.schema.event.ChatEvent.ConversationDeleted;
import dev.parley.schema.event.ChatEvent.StreamTakeover;
import dev.parley.schema.event.StreamEvent;
import dev.parley.schema.event.StreamEvent.StreamStart;
import dev.parley.schema.event.StreamEvent.Terminal;
import dev.parley.schema.id.SessionKey;
import dev.parley.schema.id.StreamId;
import dev.parley.schema.json.FrameCodec;
import dev.parley.schema.kafka.CommandRecords;
import dev.parley.schema.kafka.EventHead;
import dev.parley.schema.kafka.EventRecords;
import dev.parley.schema.kafka.RecordKey;
import dev.parley.schema.kafka.Topics;
import dev.parley.schema.log.Claim;
import dev.parley.schema.log.Entry;
import io.cloudevents.CloudEvent;
import io.cloudevents.SpecVersion;
import io.cloudevents.kafka.KafkaMessageFactory;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** CloudEvents' own SDK decodes the records that Parley writes. */
class CloudEventsTest {

    private static final int RECORDS_PER_TYPE = 100;
    private static final long SEED =
            Long.getLong("parley.seed", ThreadLocalRandom.current().nextLong());
    private static final String TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    private static final EventRecords WORKER = new EventRecords("worker-a");
    private static final SessionKey SESSION = SessionKey.of("tenant/42% 👋", "s-1");
    private static final long FOLDED = 41;
    private static final long COMMAND = 7;
    private static final Claim CLAIM = new Claim(3, "x7_-K");
    private static final Set<String> ALWAYS = Set.of("content-type", "ce_specversion", "ce_source", "ce_type", "ce_id");

    static List<WireType> commands() {
        return Family.COMMANDS.types().toList();
    }

    static List<WireType> events() {
        return Family.EVENTS.types().toList();
    }

    @BeforeAll
    static void print_the_seed() {
        System.out.println("CloudEventsTest: again with -Dparley.seed=" + SEED);
    }

    @ParameterizedTest
    @MethodSource("commands")
    void a_command_is_a_cloud_event_of_its_user(WireType type) {
        RandomRecords records = new RandomRecords(SEED);
        for (int i = 0; i < RECORDS_PER_TYPE; i++) {
            Command command = (Command) records.next(type);
            ProducerRecord<String, byte[]> record = CommandRecords.of(withPlainGateway(command), 64, TRACE);
            CloudEvent read = cloudEvent(record);

            assertThat(record.topic()).isEqualTo(Topics.COMMANDS);
            assertThat(record.key()).isEqualTo(RecordKey.of(command.sessionKey()));
            assertThat(record.partition()).isEqualTo(RecordKey.partition(command.userId(), 64));
            assertThat(headerNames(record)).isEqualTo(with(ALWAYS, "ce_userid", "traceparent"));
            assertThat(read.getType()).isEqualTo("dev.parley." + type.name() + ".v1");
            assertThat(read.getId()).isEqualTo(idOf(command));
            assertThat(read.getSource()).hasToString("/parley/gateway/g-1");
            assertThat(read.getExtension("userid")).isEqualTo(command.userId().value());
            assertThat(header(record, "traceparent")).isEqualTo(TRACE);
        }
    }

    @ParameterizedTest
    @MethodSource("events")
    void an_event_is_a_cloud_event_with_its_claim_and_no_unneeded_headers(WireType type) {
        RandomRecords records = new RandomRecords(SEED);
        for (int i = 0; i < RECORDS_PER_TYPE; i++) {
            ChatEvent event = (ChatEvent) records.next(type);
            ProducerRecord<String, byte[]> record = recordOf(event);
            CloudEvent read = cloudEvent(record);

            assertThat(record.topic()).isEqualTo(Topics.EVENTS);
            assertThat(record.key()).isEqualTo(RecordKey.of(SESSION));
            assertThat(record.partition()).isEqualTo(5);
            assertThat(record.value()).isEqualTo(FrameCodec.encode((Record) event));
            assertThat(headerNames(record)).isEqualTo(headersOf(event));
            assertThat(read.getType()).isEqualTo("dev.parley." + type.name() + ".v1");
            assertThat(read.getId()).isEqualTo(idOf(event));
            assertThat(read.getSource()).hasToString("/parley/engine-worker/worker-a");
            assertThat(read.getExtension("claim"))
                    .isEqualTo(event instanceof ConversationDeleted ? null : CLAIM.toString());
            assertThat(read.getExtension("workerid")).isEqualTo(event instanceof StreamStart ? "worker-a" : null);
            assertThat(read.getExtension("userid"))
                    .isEqualTo(
                            event instanceof StreamStart || event instanceof Terminal
                                    ? SESSION.user().value()
                                    : null);
        }
    }

    @ParameterizedTest
    @MethodSource({"commands", "events"})
    void the_headers_are_those_that_the_asyncapi_document_names(WireType type) {
        AsyncApi.HeadersOf documented = AsyncApi.headersOf(type);
        ProducerRecord<String, byte[]> record = switch (new RandomRecords(SEED).next(type)) {
            case Command command -> CommandRecords.of(withPlainGateway(command), 64, TRACE);
            case ChatEvent event -> recordOf(event);
            case Record other -> throw new AssertionError(other);
        };
        ObjectNode headers = FrameCodec.mapper().createObjectNode();
        record.headers().forEach(header -> headers.put(header.key(), new String(header.value(), UTF_8)));

        assertThat(Schemas.errors(documented.schema(), headers)).isEmpty();
        assertThat(headers.path("ce_type").stringValue()).isEqualTo(documented.ceType());
        for (String required : headersOf(type)) {
            JsonNode kept = Objects.requireNonNull(headers.remove(required));
            assertThat(Schemas.errors(documented.schema(), headers))
                    .as("without " + required)
                    .isNotEmpty();
            headers.set(required, kept);
        }
    }

    @ParameterizedTest
    @MethodSource("events")
    void the_head_of_an_event_is_decoded_from_its_record(WireType type) {
        RandomRecords records = new RandomRecords(SEED);
        for (int i = 0; i < RECORDS_PER_TYPE; i++) {
            ChatEvent event = (ChatEvent) records.next(type);

            assertThat(EventHead.of(consumed(recordOf(event)))).isEqualTo(headOf(event, type.name()));
        }
    }

    /** All headers except the trace context, which only records of requests with one have, and those that records of older versions do not have. */
    private static Set<String> headersOf(WireType type) {
        Set<String> names = type.family() == Family.COMMANDS
                ? with(ALWAYS, "ce_userid")
                : headersOf((ChatEvent) new RandomRecords(SEED).next(type));
        return names.stream()
                .filter(name -> !Set.of("traceparent", "ce_foldedoffset", "ce_commandoffset")
                        .contains(name))
                .collect(Collectors.toSet());
    }

    private static ProducerRecord<String, byte[]> recordOf(ChatEvent event) {
        return switch (event) {
            case StreamStart start -> WORKER.start(5, SESSION, CLAIM, start, FOLDED, TRACE);
            case StreamEvent ofStream -> WORKER.event(5, SESSION, CLAIM, ofStream, TRACE);
            case StreamTakeover taken -> WORKER.takeover(5, SESSION, CLAIM, 4, taken, FOLDED, TRACE);
            case Control control -> WORKER.control(5, SESSION, CLAIM, 4, control, TRACE);
            case ConversationDeleted deleted -> WORKER.deletion(5, SESSION, deleted, COMMAND, FOLDED);
        };
    }

    private static String idOf(ChatEvent event) {
        return switch (event) {
            case StreamEvent ofStream -> ofStream.messageId() + "/" + ofStream.seq();
            case Control control -> control.messageId() + "/3.x7_-K/4";
            case ConversationDeleted deleted -> deleted.sessionId() + "/deleted";
        };
    }

    private static String idOf(Command command) {
        return switch (command) {
            case Command.ChatStream chat -> chat.messageId().value();
            case Command.StopGeneration stop -> stop.messageId() + "/stop";
            case Command.DeleteConversation delete -> delete.sessionId() + "/delete";
        };
    }

    private static Set<String> headersOf(ChatEvent event) {
        return switch (event) {
            case StreamStart _ ->
                with(ALWAYS, "ce_claim", "ce_userid", "ce_workerid", "ce_foldedoffset", "traceparent");
            case Terminal _ -> with(ALWAYS, "ce_claim", "ce_userid", "traceparent");
            case StreamTakeover _ -> with(ALWAYS, "ce_claim", "ce_foldedoffset", "traceparent");
            case ConversationDeleted _ -> with(ALWAYS, "ce_commandoffset", "ce_foldedoffset");
            case StreamEvent _, Control _ -> with(ALWAYS, "ce_claim");
        };
    }

    private static EventHead headOf(ChatEvent event, String name) {
        return switch (event) {
            case StreamStart start -> ofStream(start.messageId().value(), name, new Entry.Start(CLAIM, FOLDED));
            case Terminal end -> ofStream(end.messageId().value(), name, new Entry.Terminal(CLAIM, end.seq()));
            case StreamEvent other -> ofStream(other.messageId().value(), name, new Entry.Event(CLAIM, other.seq()));
            case StreamTakeover taken -> ofStream(taken.messageId().value(), name, new Entry.Takeover(CLAIM, FOLDED));
            case ChatEvent.StreamKeepalive alive ->
                ofStream(alive.messageId().value(), name, new Entry.Keepalive(CLAIM));
            case ChatEvent.StreamReleased free -> ofStream(free.messageId().value(), name, new Entry.Released(CLAIM));
            case ConversationDeleted _ -> new EventHead.OfSession(SESSION, COMMAND, FOLDED);
        };
    }

    private static EventHead ofStream(String message, String name, Entry entry) {
        return new EventHead.OfStream(SESSION, StreamId.of(SESSION.user().value(), message), name, entry);
    }

    /** The gateway's id is a setting and is part of a URI, so it is not an arbitrary text. */
    private static Command withPlainGateway(Command command) {
        return switch (command) {
            case Command.ChatStream c ->
                new Command.ChatStream(
                        c.messageId(),
                        c.sessionId(),
                        c.userId(),
                        c.message(),
                        c.context(),
                        c.onBusy(),
                        c.priority(),
                        c.submittedAt(),
                        "g-1");
            case Command.StopGeneration c ->
                new Command.StopGeneration(c.messageId(), c.sessionId(), c.userId(), c.submittedAt(), "g-1");
            case Command.DeleteConversation c ->
                new Command.DeleteConversation(c.sessionId(), c.userId(), c.submittedAt(), "g-1");
        };
    }

    private static CloudEvent cloudEvent(ProducerRecord<String, byte[]> record) {
        CloudEvent read = KafkaMessageFactory.createReader(consumed(record)).toEvent();
        assertThat(read.getSpecVersion()).isEqualTo(SpecVersion.V1);
        assertThat(read.getDataContentType()).isEqualTo("application/json");
        assertThat(Objects.requireNonNull(read.getData()).toBytes()).isEqualTo(record.value());
        return read;
    }

    private static ConsumerRecord<String, byte[]> consumed(ProducerRecord<String, byte[]> sent) {
        return new ConsumerRecord<>(
                sent.topic(),
                Objects.requireNonNull(sent.partition()),
                0,
                0,
                TimestampType.CREATE_TIME,
                0,
                0,
                sent.key(),
                sent.value(),
                sent.headers(),
                Optional.empty());
    }

    private static Set<String> headerNames(ProducerRecord<String, byte[]> record) {
        Set<String> names = new HashSet<>();
        record.headers()
                .forEach(header ->
                        assertThat(names.add(header.key())).as(header.key()).isTrue());
        return names;
    }

    private static String header(ProducerRecord<String, byte[]> record, String name) {
        return new String(record.headers().lastHeader(name).value(), UTF_8);
    }

    private static Set<String> with(Set<String> names, String... more) {
        Set<String> all = new HashSet<>(names);
        all.addAll(Arrays.asList(more));
        return all;
    }
}
