package dev.parley.engine.provider.openai;

import dev.parley.engine.provider.ModelMessage;
import dev.parley.engine.provider.ModelRequest;
import java.util.ArrayList;
import java.util.List;

/**
 * How a model is asked to go on with an answer that broke off: the answer so far is the last message, and the system message says
 * what to do with it. Servers that continue a last assistant message by themselves need no more than that; the user's message stays
 * the last of the user's.
 */
final class Continuation {

    private static final String INSTRUCTION =
            "The last message of this conversation is the beginning of your own answer, cut off in the middle. Write only"
                    + " what comes after its last character, so that both together read as one text. Repeat nothing of it, do not"
                    + " comment on the interruption, and open no code block that is still open.";

    private Continuation() {}

    static List<ModelMessage> messages(ModelRequest request) {
        if (request.answerSoFar().isEmpty()) {
            return request.messages();
        }
        List<ModelMessage> messages = new ArrayList<>(request.messages());
        if (!messages.isEmpty() && messages.getFirst().role() == ModelMessage.Role.SYSTEM) {
            messages.set(0, ModelMessage.system(messages.getFirst().text() + "\n\n" + INSTRUCTION));
        } else {
            messages.addFirst(ModelMessage.system(INSTRUCTION));
        }
        messages.add(ModelMessage.assistant(request.answerSoFar()));
        return messages;
    }
}
