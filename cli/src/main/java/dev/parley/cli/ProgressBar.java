package dev.parley.cli;

import java.io.PrintWriter;
import java.util.Locale;

/** Shows progress on one line, which is overwritten. */
final class ProgressBar {

    private static final int WIDTH = 30;
    private static final long EVERY_NANOS = 200_000_000;

    private final PrintWriter to;
    private final boolean shown;
    private final long begin = System.nanoTime();
    private long lastShown;

    ProgressBar(PrintWriter to, boolean shown) {
        this.to = to;
        this.shown = shown;
    }

    void at(long done, long ofAbout) {
        long now = System.nanoTime();
        if (!shown || now - lastShown < EVERY_NANOS && done < ofAbout) {
            return;
        }
        lastShown = now;
        int filled = ofAbout == 0 ? WIDTH : (int) Math.min(WIDTH, WIDTH * done / ofAbout);
        double perSecond = done / Math.max(1e-9, (now - begin) / 1e9);
        to.print(String.format(
                Locale.ROOT,
                "\r[%s%s] %,d of %,d events, %,.0f/s ",
                "#".repeat(filled),
                "-".repeat(WIDTH - filled),
                done,
                ofAbout,
                perSecond));
        to.flush();
    }

    void end() {
        if (shown) {
            to.println();
        }
    }
}
