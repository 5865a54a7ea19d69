package dev.parley.service.startup;

import java.util.regex.Pattern;

/** The value of a setting as it is logged: in quotes, shortened, without control characters, and never a secret. */
public final class ShownValue {

    private static final int MAX_CHARS = 120;
    private static final Pattern SECRET_NAME = Pattern.compile("(?i).*(secret|password|api[-_]?key|jaas|token)$");
    private static final Pattern USER_INFO = Pattern.compile("//.*@");
    /** Keys of well-known services, and anything long that mixes letters with digits. */
    private static final Pattern KEY = Pattern.compile(
            "\\b(sk-|gsk_|AIza|xai-)|(?=[A-Za-z0-9_+=-]*[0-9])(?=[A-Za-z0-9_+=-]*[A-Za-z])[A-Za-z0-9_+=-]{20,}");

    private static final Pattern NOT_SHOWN = Pattern.compile("[\\p{Cntrl}\\p{Cf}\\p{Zl}\\p{Zp}]");

    private ShownValue() {}

    /** @param setting the name of the setting; if it names a secret, the value is not shown */
    public static String of(String setting, Object value) {
        return SECRET_NAME.matcher(setting).matches() ? "set (the value is not shown)" : of(value);
    }

    /** For a setting that holds no secret. A value that looks like a key that was put into the wrong setting is not shown. */
    public static String of(Object value) {
        String text = USER_INFO.matcher(String.valueOf(value)).replaceAll("//***@");
        if (KEY.matcher(text).find()) {
            return "something that looks like a key (it is not shown)";
        }
        String clean = NOT_SHOWN.matcher(text).replaceAll("\uFFFD");
        return '"' + (clean.length() <= MAX_CHARS ? clean : clean.substring(0, MAX_CHARS) + "…") + '"';
    }
}
