package dev.parley.engine.stream;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.Schema;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import dev.parley.providers.AskedModel;
import dev.parley.providers.ModelPiece;
import dev.parley.providers.Price;
import dev.parley.providers.ProviderException;
import dev.parley.providers.anthropic.AnthropicDialect;
import dev.parley.providers.gemini.GeminiDialect;
import dev.parley.providers.http.Dialect;
import dev.parley.providers.http.Failures;
import dev.parley.providers.ollama.OllamaDialect;
import dev.parley.providers.openai.OpenAiDialect;
import dev.parley.schema.ErrorCode;
import dev.parley.schema.command.ChatContext;
import dev.parley.schema.event.Failure;
import dev.parley.schema.event.StartMetadata;
import dev.parley.schema.event.StreamEvent;
import dev.parley.schema.event.StreamEvent.StreamComplete;
import dev.parley.schema.id.MessageId;
import dev.parley.schema.id.SessionId;
import dev.parley.schema.id.UserId;
import dev.parley.schema.json.FrameCodec;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Whatever a service answers, every event conforms to the published schemas. */
class HostileAnswersTest {

    private static final int ANSWERS = 4_000;
    private static final String BASE = "https://parley.dev/schemas/v1/";
    private static final SchemaRegistry REGISTRY = SchemaRegistry.withDefaultDialect(
            SpecificationVersion.DRAFT_2020_12,
            registry -> registry.schemaLoader(loader -> loader.fetchRemoteResources(false)
                    .schemaIdResolvers(ids -> ids.mapPrefix(BASE, "classpath:schemas/v1/"))));
    private static final Map<String, Schema> SCHEMAS = new ConcurrentHashMap<>();
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final Failures FAILURES = new Failures("hostile");

    /** Values that a correct service does not send, as JSON. */
    private static final List<String> NUMBERS = List.of(
            "0",
            "7",
            "-1",
            "-2147483649",
            "2147483647",
            "2147483648",
            "9223372036854775808",
            "1e308",
            "-1e308",
            "1e999",
            "3.5",
            "1e3",
            "\"12\"",
            "\"x\"",
            "null",
            "true",
            "[1]",
            "{\"a\":1}",
            "9".repeat(400),
            "NaN",
            "");

    private static final List<String> TEXTS = List.of(
            "\"hello\"",
            "\"\"",
            "\"\\ud800\"",
            "\"\\udc00a\\ud83d\"",
            "\"\\u0000\\u001b[31m\"",
            "\"\\u202e\\ufeff\"",
            "\"```\\u0007x\\n1\\n\"",
            "null",
            "5",
            "[]",
            "{}",
            "\"" + "long ".repeat(5_000) + "\"",
            "\"<think>a</think>b\"");
    private static final List<String> REASONS = List.of(
            "\"stop\"",
            "\"STOP\"",
            "\"end_turn\"",
            "\"a\\u0000b\"",
            "\"" + "x".repeat(10_000) + "\"",
            "\"\\ud800\"",
            "5",
            "null",
            "{}",
            "\"of two words\"",
            "\"\"");

    /** A dialect and a template of its answers: T stands for a text, N for a number, R for a reason. */
    enum Kind {
        OPENAI(
                OpenAiDialect.compatible(Optional.empty()),
                "data: {\"choices\":[{\"index\":N,\"delta\":{\"content\":T,\"reasoning\":T},\"finish_reason\":null}]}\n\n",
                "data: {\"choices\":[{\"delta\":{},\"finish_reason\":R}],\"usage\":{\"prompt_tokens\":N,\"completion_tokens\":N,"
                        + "\"completion_tokens_details\":{\"reasoning_tokens\":N}}}\n\ndata: [DONE]\n\n"),
        GEMINI(
                new GeminiDialect(Optional.empty()),
                "data: {\"candidates\":[{\"content\":{\"parts\":[{\"text\":T,\"thought\":N}]}}]}\n\n",
                "data: {\"candidates\":[{\"finishReason\":R}],\"usageMetadata\":{\"promptTokenCount\":N,"
                        + "\"candidatesTokenCount\":N,\"thoughtsTokenCount\":N}}\n\n"),
        ANTHROPIC(
                new AnthropicDialect(Optional.empty()),
                "data: {\"type\":\"content_block_delta\",\"delta\":{\"text\":T,\"thinking\":T}}\n\n",
                "data: {\"type\":\"message_start\",\"message\":{\"usage\":{\"input_tokens\":N,\"cache_read_input_tokens\":N}}}\n\n"
                        + "data: {\"type\":\"message_delta\",\"delta\":{\"stop_reason\":R},\"usage\":{\"output_tokens\":N}}\n\n"
                        + "data: {\"type\":\"message_stop\"}\n\n"),
        OLLAMA(
                new OllamaDialect(),
                "{\"message\":{\"content\":T,\"thinking\":T},\"done\":false}\n",
                "{\"done\":true,\"done_reason\":R,\"eval_count\":N,\"prompt_eval_count\":N,\"total_duration\":N}\n");

        private final Dialect dialect;
        private final String chunk;
        private final String end;

        Kind(Dialect dialect, String chunk, String end) {
            this.dialect = dialect;
            this.chunk = chunk;
            this.end = end;
        }
    }

    @ParameterizedTest
    @EnumSource
    void every_event_of_any_answer_keeps_the_schemas(Kind kind) throws IOException {
        long seed = Long.getLong("parley.seed", System.nanoTime());
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        int complete = 0;
        for (int i = 0; i < ANSWERS; i++) {
            byte[] body = body(kind, random);
            List<StreamEvent> events = events(kind.dialect, body);
            for (StreamEvent event : events) {
                check(event, new String(body, UTF_8));
            }
            complete += events.getLast() instanceof StreamComplete ? 1 : 0;
        }
        assertThat(complete).as("complete answers").isPositive();
    }

    @Test
    void impossible_token_counts_are_replaced_by_estimates_and_reasons_that_are_not_words_by_unknown()
            throws IOException {
        String body =
                Kind.OPENAI.chunk.replace("N", "0").replaceFirst("T", "\"hi\"").replace("T", "\"\"")
                        + Kind.OPENAI.end.replace("R", "\"a\\u0000b\"").replace("N", "-5");

        StreamComplete complete = (StreamComplete)
                events(Kind.OPENAI.dialect, body.getBytes(UTF_8)).getLast();

        assertThat(complete.metadata().finishReason()).isEqualTo("unknown");
        assertThat(complete.metadata().tokens().estimated()).isTrue();
        assertThat(complete.metadata().tokens().prompt()).isZero();
    }

    @Test
    void a_byte_order_mark_and_malformed_bytes_do_not_hide_an_answer() throws IOException {
        byte[] whole = "X{\"choices\":[{\"message\":{\"content\":\"hY\"},\"finish_reason\":\"stop\"}]}".getBytes(UTF_8);
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        for (byte each : whole) {
            switch (each) {
                case 'X' -> body.writeBytes(new byte[] {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF});
                case 'Y' -> body.write(0xE9);
                default -> body.write(each);
            }
        }

        StreamEvent end = events(Kind.OPENAI.dialect, body.toByteArray()).getLast();

        assertThat(((StreamComplete) end).fullContent()).isEqualTo("h\uFFFD");
    }

    private static byte[] body(Kind kind, Random random) {
        StringBuilder text = new StringBuilder(random.nextInt(10) == 0 ? "\uFEFF" : "");
        for (int chunks = random.nextInt(4); chunks >= 0; chunks--) {
            text.append(filled(kind.chunk, random));
        }
        if (random.nextInt(10) > 0) {
            text.append(filled(kind.end, random));
        }
        byte[] body = text.toString().getBytes(UTF_8);
        if (random.nextInt(8) == 0) {
            body[random.nextInt(body.length)] = (byte) random.nextInt(256);
        }
        return body;
    }

    private static String filled(String form, Random random) {
        StringBuilder filled = new StringBuilder();
        for (int i = 0; i < form.length(); i++) {
            char each = form.charAt(i);
            boolean isPlace = i > 0
                    && i < form.length() - 1
                    && (form.charAt(i - 1) == ':' && ",}]".indexOf(form.charAt(i + 1)) >= 0);
            filled.append(
                    !isPlace
                            ? String.valueOf(each)
                            : switch (each) {
                                case 'T' -> random.nextInt(3) == 0 ? one(TEXTS, random) : "\"hi\"";
                                case 'N' -> random.nextInt(3) == 0 ? one(NUMBERS, random) : "3";
                                case 'R' -> random.nextInt(3) == 0 ? one(REASONS, random) : "\"stop\"";
                                default -> String.valueOf(each);
                            });
        }
        return filled.toString();
    }

    private static String one(List<String> of, Random random) {
        return of.get(random.nextInt(of.size()));
    }

    /** The events that would be appended, from the stream's start to its end. */
    private static List<StreamEvent> events(Dialect dialect, byte[] body) throws IOException {
        ChatContext context = new ChatContext(null, true, null, null, null, null);
        Turn turn = new Turn(new UserId("ada"), new SessionId("s"), new MessageId("m"), "x", null, context);
        List<Input> inputs = new ArrayList<>(List.of(
                new Input.Started("ai", new StartMetadata("hostile", "m", "general", null)),
                new Input.Answering(new AskedModel(
                        "hostile", "m", new Price(new BigDecimal("999999"), new BigDecimal("999999"))))));
        try {
            ModelPiece end = dialect.read(
                    new ByteArrayInputStream(body), piece -> inputs.add(new Input.Generated(piece)), FAILURES);
            inputs.add(new Input.Generated(end));
        } catch (ProviderException e) {
            inputs.add(new Input.Failed(
                    new Failure(ErrorCode.AI_PROVIDER_UNAVAILABLE, String.valueOf(e.getMessage()), null, true)));
        }
        StreamState state = StreamState.initial(turn, Limits.DEFAULT);
        List<StreamEvent> events = new ArrayList<>();
        for (Input input : inputs) {
            state = state.receive(input);
            for (Optional<StreamEvent> event = state.decide(new Moment(Instant.EPOCH, 1));
                    event.isPresent();
                    event = state.decide(new Moment(Instant.EPOCH, 1))) {
                events.add(event.get());
                state = state.evolve(event.get(), 1);
            }
        }
        return events;
    }

    private static void check(StreamEvent event, String body) {
        byte[] frame = FrameCodec.encode((Record) event);
        JsonNode json = JSON.readTree(frame);
        Schema schema = SCHEMAS.computeIfAbsent(
                json.path("type").asString(),
                type -> REGISTRY.getSchema(SchemaLocation.of(BASE + "events/" + type + ".json")));
        assertThat(schema.validate(json)).as(() -> json + "\nof\n" + body).isEmpty();
        assertThat(new String(frame, UTF_8).getBytes(UTF_8)).isEqualTo(frame);
    }
}
