package dev.parley.providers.scripted;

import dev.parley.providers.Pieces;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;

/** The answer to an ordinary message: Markdown that explains Parley and how to set up a real model. */
final class ScriptedAnswer {

    private static final Pattern MARKUP = Pattern.compile("[\\p{Cntrl}\\s`*_<>\\[\\]#|~\\\\]+");
    private static final int MAX_QUOTED_CHARS = 120;

    private static final List<String> OPENINGS = List.of(
            "Thank you for the message. I cannot think about it, but I can show you what an answer looks like here.",
            "Your message has arrived. There is no real model behind this answer, only a script, and it reads like this.",
            "Hello! I am a stand-in: everything around me is real, only the thinking is not.");

    private static final List<String> WAYS_TO_TRY = List.of(
            "Press **stop** while this is being written: the part that you saw stays in the conversation.",
            "Reload the page in the middle of an answer: it goes on where it was.",
            "Open the same conversation in a second tab: both see every word.",
            "Send the next message before this one is done: it waits for its turn.",
            "Restart the server: the conversation is still there.");

    private static final List<String> THOUGHTS = List.of(
            "The message is \"%s\". First I look at what it asks for.",
            "I have no model to answer with, so I shall say that plainly rather than make something up.",
            "A useful answer then shows headings, a list and some code, and how to set up a real model.",
            "That fits on one screen. I write it down.");

    private ScriptedAnswer() {}

    static AnswerPlan to(String message, boolean reasoning) {
        String quoted = quoted(message);
        List<String> thoughts = reasoning
                ? THOUGHTS.stream()
                        .map(thought -> thought.replace("%s", quoted))
                        .toList()
                : List.of();
        return AnswerPlan.of(thoughts, Pieces.of(markdown(message, quoted)));
    }

    static AnswerPlan toBadScript(String reason) {
        return AnswerPlan.of(List.of(), Pieces.of(String.format(Locale.ROOT, """
                That script cannot be used: %s.

                It is `/script ` and a JSON object, for example:

                ```text
                /script {"chunks": 200, "rate": 50, "first_delay_ms": 100, "thinking": 2, "seed": 7, "fail_at": 150}
                ```

                All fields are optional. `fail_at` and `hang_at` are numbers of chunks, which count from 0.
                """, reason)));
    }

    private static String markdown(String message, String quoted) {
        RandomGenerator random = new SplittableRandom(message.hashCode());
        CodeSample sample = CodeSample.named(message).orElseGet(() -> pick(CodeSample.ALL, random));
        String first = pick(WAYS_TO_TRY, random);
        String second =
                pick(WAYS_TO_TRY.stream().filter(way -> !way.equals(first)).toList(), random);
        return String.format(
                Locale.ROOT,
                """
                ## This is the scripted model

                > %s

                %s

                ### What happened to your message

                1. The **gateway** checked it and wrote it to the Kafka topic `chat.commands`.
                2. An **engine worker** read it there and asked a model, which today is a script.
                3. Each piece of this answer is a record in `chat.events`, and the gateway sends you its bytes as they are.
                4. The **projection** keeps the whole conversation, so it is there when you come back.

                ### Some code in %s

                ```%s
                %s```

                ### Things to try

                - %s
                - %s

                ### How to get a real model

                Set one of these and start again, or start [Ollama](https://ollama.com), which is found by itself:

                | Setting | Model service |
                |---|---|
                | `OPENAI_API_KEY` | OpenAI, or anything compatible at `OPENAI_BASE_URL` |
                | `ANTHROPIC_API_KEY` | Anthropic |
                | `GEMINI_API_KEY` | Google Gemini |
                | `GROQ_API_KEY` | Groq |
                """,
                quoted,
                pick(OPENINGS, random),
                sample.title(),
                sample.language(),
                sample.code(),
                first,
                second);
    }

    /** The message as one short line, without characters that Markdown would interpret. */
    private static String quoted(String message) {
        String line = MARKUP.matcher(message).replaceAll(" ").strip();
        if (line.length() <= MAX_QUOTED_CHARS) {
            return line.isEmpty() ? "…" : line;
        }
        int end = line.offsetByCodePoints(0, line.codePointCount(0, MAX_QUOTED_CHARS) - 1);
        return line.substring(0, end).strip() + "…";
    }

    private static <T> T pick(List<T> from, RandomGenerator random) {
        return from.get(random.nextInt(from.size()));
    }
}
