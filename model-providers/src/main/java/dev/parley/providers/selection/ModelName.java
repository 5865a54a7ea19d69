package dev.parley.providers.selection;

import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What a client may name as a model. It is sent to the service's own address only, but goes into events and logs too. */
final class ModelName {

    private static final Pattern ALLOWED = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._:@+/-]{0,255}");

    private ModelName() {}

    /** Empty for what no service would call a model: blank, control characters, something like a URL or a way up a path. */
    static Optional<String> of(@Nullable String text) {
        return Optional.ofNullable(text)
                .map(String::strip)
                .filter(name -> ALLOWED.matcher(name).matches())
                .filter(name -> !name.contains("//") && !name.contains(".."));
    }
}
