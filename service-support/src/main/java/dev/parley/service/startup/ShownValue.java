package dev.parley.service.startup;

import java.util.regex.Pattern;

/** A value of a setting as it may stand in a log: in quotes, short, without control characters, and never a secret. */
public final class ShownValue {

    private static final int MAX_CHARS = 120;
    private static final Pattern SECRET_NAME = Pattern.compile("(?i).*(secret|password|api[-_]?key|jaas|token)$");
    private static final Pattern USER_INFO = Pattern.compile("//.*@");
    /** Keys of well-known services, and anything long that mixes letters with digits. */
    private static final Pattern KEY = Pattern.compile(
            "\\b(sk-|gsk_|AIza|xai-)|(?=[A-Za-z0-9_+=-]*[0-9])(?=[A-Za-z0-9_+=-]*[A-Za-z])[A-Za-z0-9_+=-]{20,}");

    private static final Pattern NOT_SHOWN = Pattern.compile("[\\p{Cntrl}\\p{Cf}\\p{Zl}\\p{Zp}]");

    private ShownValue() {}

    /** @param setting whose value it is; that of one that holds a secret is not shown at all */
    public static String of(String setting, Object value) {
        return SECRET_NAME.matcher(setting).matches() ? "set (the value is not shown)" : of(value);
    }

    /** A value that is not meant to be secret. One that looks like a key in the wrong place is not shown. */
    public static String of(Object value) {
        String text = USER_INFO.matcher(String.valueOf(value)).replaceAll("//***@");
        if (KEY.matcher(text).find()) {
            return "something that looks like a key (it is not shown)";
        }
        String clean = NOT_SHOWN.matcher(text).replaceAll("\uFFFD");
        return '"' + (clean.length() <= MAX_CHARS ? clean : clean.substring(0, MAX_CHARS) + "…") + '"';
    }
}
