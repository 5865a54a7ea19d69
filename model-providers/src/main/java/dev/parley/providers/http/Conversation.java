package dev.parley.providers.http;

import dev.parley.providers.ModelMessage;
import dev.parley.providers.ModelMessage.Role;
import dev.parley.providers.ModelRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What to send of a request: its messages, without those that say nothing, which some services refuse; and, if an answer broke off,
 * the wish to go on with it.
 *
 * @param system empty if there is nothing to tell
 * @param messages of the user and the assistant, oldest first: strictly alternating, from the user's first on
 */
public record Conversation(String system, List<ModelMessage> messages) {

    private static final String BREAK = "\n\n";
    private static final String GO_ON =
            "Your answer was cut off in the middle. Write only what comes after its last character, so that both together read as"
                    + " one text. Repeat nothing of it, do not comment on the interruption, and do not open again what is open, such"
                    + " as a code block.";

    /**
     * For services that take a last message of the assistant as the beginning of its answer: nothing follows it, and the system
     * message says what to do with it. The user's message stays the last of the user's.
     */
    public static Conversation endingWithAnswer(ModelRequest request) {
        if (request.answerSoFar().isEmpty()) {
            return of(request, Stream.empty(), Stream.empty());
        }
        return of(request, Stream.of(GO_ON), Stream.of(ModelMessage.assistant(request.answerSoFar())));
    }

    /** For services that want the user to speak last: the user asks the assistant to go on. */
    public static Conversation endingWithUser(ModelRequest request) {
        if (request.answerSoFar().isEmpty()) {
            return of(request, Stream.empty(), Stream.empty());
        }
        return of(
                request,
                Stream.empty(),
                Stream.of(ModelMessage.assistant(request.answerSoFar()), ModelMessage.user(GO_ON)));
    }

    private static Conversation of(
            ModelRequest request, Stream<String> moreInstructions, Stream<ModelMessage> moreMessages) {
        List<ModelMessage> said = request.messages().stream()
                .filter(message -> !message.text().isBlank())
                .toList();
        Stream<String> instructions =
                said.stream().filter(message -> message.role() == Role.SYSTEM).map(ModelMessage::text);
        return new Conversation(
                Stream.concat(instructions, moreInstructions).collect(Collectors.joining(BREAK)),
                alternating(
                        Stream.concat(said.stream().filter(message -> message.role() != Role.SYSTEM), moreMessages)));
    }

    /**
     * What one side says in a row is one message, and the user begins: the chat templates of many models refuse anything else. Nothing
     * that the user said is left out; an answer before the user's first message has nothing that it answers and is.
     */
    private static List<ModelMessage> alternating(Stream<ModelMessage> said) {
        List<ModelMessage> messages = new ArrayList<>();
        said.dropWhile(message -> message.role() != Role.USER).forEach(message -> {
            if (!messages.isEmpty() && messages.getLast().role() == message.role()) {
                ModelMessage before = messages.removeLast();
                messages.add(new ModelMessage(message.role(), before.text() + BREAK + message.text()));
            } else {
                messages.add(message);
            }
        });
        return List.copyOf(messages);
    }
}
