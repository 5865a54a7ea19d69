package dev.parley.engine.simulation;

import dev.parley.schema.id.StreamId;
import java.util.Random;

/** What the model says to a message: a function of the stream alone. */
final class SimModel {
    private SimModel() {}

    static String answer(StreamId stream) {
        Random random = new Random(stream.message().value().hashCode());
        StringBuilder text = new StringBuilder();
        int words = 2 + random.nextInt(14);
        for (int i = 0; i < words; i++) {
            text.append(stream.message()).append('.').append(i).append(random.nextInt(6) == 0 ? "\n```\n" : " ");
        }
        return text.toString();
    }
}
