package dev.parley.providers.scripted;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A code block for scripted answers.
 *
 * @param language the name in the Markdown fence
 * @param code ends with a line feed
 */
record CodeSample(String title, String language, String code) {

    static final List<CodeSample> ALL = List.of(
            new CodeSample("Java", "java", """
                    sealed interface Shape {
                        record Circle(double radius) implements Shape {}

                        record Square(double side) implements Shape {}
                    }

                    static double area(Shape shape) {
                        return switch (shape) {
                            case Shape.Circle(double radius) -> Math.PI * radius * radius;
                            case Shape.Square(double side) -> side * side;
                        };
                    }
                    """),
            new CodeSample("Python", "python", """
                    from collections import Counter


                    def most_common_words(text: str, n: int = 3) -> list[tuple[str, int]]:
                        words = text.lower().split()
                        return Counter(words).most_common(n)


                    print(most_common_words("to be or not to be"))
                    """),
            new CodeSample("TypeScript", "typescript", """
                    async function* lines(stream: ReadableStream<string>): AsyncGenerator<string> {
                      let rest = "";
                      for await (const part of stream) {
                        const pieces = (rest + part).split("\\n");
                        rest = pieces.pop() ?? "";
                        yield* pieces;
                      }
                      if (rest) yield rest;
                    }
                    """),
            new CodeSample("Go", "go", """
                    func fanIn[T any](inputs ...<-chan T) <-chan T {
                    	out := make(chan T)
                    	var wg sync.WaitGroup
                    	for _, in := range inputs {
                    		wg.Go(func() {
                    			for v := range in {
                    				out <- v
                    			}
                    		})
                    	}
                    	go func() { wg.Wait(); close(out) }()
                    	return out
                    }
                    """),
            new CodeSample("SQL", "sql", """
                    select session_id, count(*) as messages, max(created_at) as last_message
                    from messages
                    where created_at > now() - interval '7 days'
                    group by session_id
                    order by messages desc
                    limit 10;
                    """));

    private static final Pattern BETWEEN_WORDS = Pattern.compile("[^\\p{L}\\p{N}+#_]+");

    /** The sample in a language that the message names. For Go it must say "golang", because "go" is a common word. */
    static Optional<CodeSample> named(String message) {
        Set<String> words = Arrays.stream(BETWEEN_WORDS.split(message.toLowerCase(Locale.ROOT)))
                .collect(Collectors.toSet());
        return ALL.stream()
                .filter(sample -> words.contains(sample.language().equals("go") ? "golang" : sample.language()))
                .findFirst();
    }
}
