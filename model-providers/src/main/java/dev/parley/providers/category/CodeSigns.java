package dev.parley.providers.category;

import java.util.List;

/** Recognises program text. */
final class CodeSigns {

    private static final List<String> SURE = List.of(
            "```",
            "#include <",
            "#!/",
            "public static void",
            "public class ",
            "Traceback (most recent call last)",
            "Exception in thread",
            "console.log(",
            "System.out.",
            "</div>",
            "def __init__",
            "fn main(",
            "func main(",
            "npm ERR!",
            "segmentation fault");

    private static final int CODE_LINES = 2;

    private CodeSigns() {}

    static int in(String text) {
        int score = 0;
        for (String sign : SURE) {
            score += text.contains(sign) ? 2 : 0;
        }
        return score + (linesOfCode(text) >= CODE_LINES ? 2 : 0);
    }

    /** Counts lines that end unlike prose. */
    private static long linesOfCode(String text) {
        return text.lines()
                .map(String::strip)
                .filter(CodeSigns::isCode)
                .limit(CODE_LINES)
                .count();
    }

    private static boolean isCode(String line) {
        return line.endsWith(";")
                || line.endsWith("{")
                || line.endsWith("});")
                || line.equals("}")
                || (line.startsWith("def ") && line.endsWith(":"))
                || (line.startsWith("import ") && !line.endsWith("."));
    }
}
