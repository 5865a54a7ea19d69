package dev.parley.cli;

import dev.parley.schema.id.MessageId;
import dev.parley.schema.id.SessionId;
import dev.parley.schema.id.SessionKey;
import dev.parley.schema.id.StreamId;
import dev.parley.schema.id.UserId;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

/** Arguments as what they mean. What means nothing ends the command with a sentence. */
final class Asked {

    private static final Pattern SPAN = Pattern.compile("(\\d{1,9})(s|m|h|d)");

    private Asked() {}

    static StreamId stream(CommandSpec spec, String user, String message) {
        try {
            return new StreamId(new UserId(user), new MessageId(message));
        } catch (IllegalArgumentException e) {
            throw new CommandLine.ParameterException(spec.commandLine(), "Not a stream: " + e.getMessage());
        }
    }

    static SessionKey session(CommandSpec spec, String user, String session) {
        try {
            return new SessionKey(new UserId(user), new SessionId(session));
        } catch (IllegalArgumentException e) {
            throw new CommandLine.ParameterException(spec.commandLine(), "Not a session: " + e.getMessage());
        }
    }

    /** {@code 90s}, {@code 30m}, {@code 24h}, {@code 7d}. */
    static Duration span(CommandSpec spec, String text) {
        Matcher span = SPAN.matcher(text);
        if (!span.matches()) {
            throw new CommandLine.ParameterException(spec.commandLine(), "Not a time such as 30m, 24h, 7d: " + text);
        }
        long count = Long.parseLong(span.group(1));
        return switch (span.group(2)) {
            case "s" -> Duration.ofSeconds(count);
            case "m" -> Duration.ofMinutes(count);
            case "h" -> Duration.ofHours(count);
            default -> Duration.ofDays(count);
        };
    }

    /** As {@link #span}, but not nothing. */
    static Duration positiveSpan(CommandSpec spec, String text) {
        Duration span = span(spec, text);
        if (span.isZero()) {
            throw new CommandLine.ParameterException(spec.commandLine(), "A time that is more than 0: " + text);
        }
        return span;
    }

    /** So long ago, or RFC 3339; not before 1970. */
    static Instant since(CommandSpec spec, String text) {
        try {
            Instant time = Instant.parse(text);
            Instant now = Instant.now();
            return time.isBefore(Instant.EPOCH) ? Instant.EPOCH : time.isAfter(now) ? now : time;
        } catch (DateTimeParseException e) {
            return ago(span(spec, text));
        }
    }

    /** Not before 1970. */
    static Instant ago(Duration span) {
        Instant now = Instant.now();
        return span.compareTo(Duration.between(Instant.EPOCH, now)) < 0 ? now.minus(span) : Instant.EPOCH;
    }
}
