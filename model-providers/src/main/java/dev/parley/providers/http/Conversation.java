package dev.parley.providers.http;

import dev.parley.providers.ModelMessage;
import dev.parley.providers.ModelMessage.Role;
import dev.parley.providers.ModelRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The messages of a request as they are sent: without blank ones, which some services refuse, and with an instruction to continue if
 * the answer has already begun.
 *
 * @param system the instructions, or empty
 * @param messages of the user and the assistant, oldest first, strictly alternating, beginning with the user's
 */
public record Conversation(String system, List<ModelMessage> messages) {

    private static final String PARAGRAPH = "\n\n";
    private static final String CONTINUE =
            "Your answer was cut off in the middle. Write only what comes after its last character, so that both together read as"
                    + " one text. Repeat nothing of it, do not comment on the interruption, and do not open again what is open, such"
                    + " as a code block.";

    /**
     * For services that continue a last message of the assistant: it ends with the answer so far, and the system message has the
     * instruction.
     */
    public static Conversation endingWithAnswer(ModelRequest request) {
        if (request.answerSoFar().isEmpty()) {
            return of(request, Stream.empty(), Stream.empty());
        }
        return of(request, Stream.of(CONTINUE), Stream.of(ModelMessage.assistant(request.answerSoFar())));
    }

    /** For services that require the user's message to be the last: it has the instruction to continue. */
    public static Conversation endingWithUser(ModelRequest request) {
        if (request.answerSoFar().isEmpty()) {
            return of(request, Stream.empty(), Stream.empty());
        }
        return of(
                request,
                Stream.empty(),
                Stream.of(ModelMessage.assistant(request.answerSoFar()), ModelMessage.user(CONTINUE)));
    }

    private static Conversation of(
            ModelRequest request, Stream<String> moreInstructions, Stream<ModelMessage> moreMessages) {
        List<ModelMessage> notBlank = request.messages().stream()
                .filter(message -> !message.text().isBlank())
                .toList();
        Stream<String> instructions = notBlank.stream()
                .filter(message -> message.role() == Role.SYSTEM)
                .map(ModelMessage::text);
        return new Conversation(
                Stream.concat(instructions, moreInstructions).collect(Collectors.joining(PARAGRAPH)),
                alternating(Stream.concat(
                        notBlank.stream().filter(message -> message.role() != Role.SYSTEM), moreMessages)));
    }

    /**
     * Joins consecutive messages of one side and drops answers before the user's first message, because the chat templates of many
     * models refuse anything else. All messages of the user are kept.
     */
    private static List<ModelMessage> alternating(Stream<ModelMessage> all) {
        List<ModelMessage> messages = new ArrayList<>();
        all.dropWhile(message -> message.role() != Role.USER).forEach(message -> {
            if (!messages.isEmpty() && messages.getLast().role() == message.role()) {
                ModelMessage before = messages.removeLast();
                messages.add(new ModelMessage(message.role(), before.text() + PARAGRAPH + message.text()));
            } else {
                messages.add(message);
            }
        });
        return List.copyOf(messages);
    }
}
