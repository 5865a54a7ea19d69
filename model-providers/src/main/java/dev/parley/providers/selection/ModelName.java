package dev.parley.providers.selection;

import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Validates a model's name that may come from a client: it is sent to the service, and appears in events and logs. */
final class ModelName {

    private static final Pattern ALLOWED = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._:@+/-]{0,255}");

    private ModelName() {}

    /** Empty if the text cannot be a model's name: blank, with control characters, or like a URL or a path with {@code ..}. */
    static Optional<String> of(@Nullable String text) {
        return Optional.ofNullable(text)
                .map(String::strip)
                .filter(name -> ALLOWED.matcher(name).matches())
                .filter(name -> !name.contains("//") && !name.contains(".."));
    }
}
