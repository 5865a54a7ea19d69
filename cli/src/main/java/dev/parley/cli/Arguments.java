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

/** Parses arguments. One that cannot be parsed ends the command with an error message. */
final class Arguments {

    private static final Pattern DURATION = Pattern.compile("(\\d{1,9})(s|m|h|d)");

    private Arguments() {}

    static StreamId stream(CommandSpec spec, String user, String message) {
        try {
            return new StreamId(new UserId(user), new MessageId(message));
        } catch (IllegalArgumentException e) {
            throw new CommandLine.ParameterException(
                    spec.commandLine(), "No stream can have these ids: " + e.getMessage());
        }
    }

    static SessionKey session(CommandSpec spec, String user, String session) {
        try {
            return new SessionKey(new UserId(user), new SessionId(session));
        } catch (IllegalArgumentException e) {
            throw new CommandLine.ParameterException(
                    spec.commandLine(), "No conversation can have these ids: " + e.getMessage());
        }
    }

    /** {@code 90s}, {@code 30m}, {@code 24h}, {@code 7d}. */
    static Duration duration(CommandSpec spec, String text) {
        Matcher matcher = DURATION.matcher(text);
        if (!matcher.matches()) {
            throw new CommandLine.ParameterException(spec.commandLine(), "Not a time such as 30m, 24h, 7d: " + text);
        }
        long count = Long.parseLong(matcher.group(1));
        return switch (matcher.group(2)) {
            case "s" -> Duration.ofSeconds(count);
            case "m" -> Duration.ofMinutes(count);
            case "h" -> Duration.ofHours(count);
            default -> Duration.ofDays(count);
        };
    }

    /** As {@link #duration}, but longer than 0. */
    static Duration positiveDuration(CommandSpec spec, String text) {
        Duration duration = duration(spec, text);
        if (duration.isZero()) {
            throw new CommandLine.ParameterException(spec.commandLine(), "The time must be more than 0: " + text);
        }
        return duration;
    }

    /** A duration before now, or a time in RFC 3339; not before 1970 and not after now. */
    static Instant since(CommandSpec spec, String text) {
        try {
            Instant time = Instant.parse(text);
            Instant now = Instant.now();
            return time.isBefore(Instant.EPOCH) ? Instant.EPOCH : time.isAfter(now) ? now : time;
        } catch (DateTimeParseException e) {
            return ago(duration(spec, text));
        }
    }

    /** Not before 1970. */
    static Instant ago(Duration duration) {
        Instant now = Instant.now();
        return duration.compareTo(Duration.between(Instant.EPOCH, now)) < 0 ? now.minus(duration) : Instant.EPOCH;
    }
}
