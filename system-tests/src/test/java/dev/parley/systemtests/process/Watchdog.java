package dev.parley.systemtests.process;

import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;

/** Kills registered processes when this JVM ends, in whatever way: a shell reads from a pipe and acts when the pipe is closed. */
public final class Watchdog implements AutoCloseable {

    private static final String SCRIPT = """
            trap '' INT TERM HUP
            pids=' '
            while read -r verb pid; do
              case $verb in
                watch) pids="$pids$pid " ;;
                forget) pids="${pids%% $pid *} ${pids#* $pid }" ;;
              esac
            done
            kill -9 $pids 2>/dev/null
            """;

    private static final Watchdog OF_THIS_JVM = new Watchdog();

    private final Process shell;
    private final PrintStream orders;

    Watchdog() {
        try {
            shell = new ProcessBuilder("sh", "-c", SCRIPT)
                    .redirectOutput(Redirect.DISCARD)
                    .redirectError(Redirect.DISCARD)
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException("the system tests need a POSIX shell", e);
        }
        orders = new PrintStream(shell.getOutputStream(), true, StandardCharsets.UTF_8);
    }

    public static Watchdog ofThisJvm() {
        return OF_THIS_JVM;
    }

    synchronized void watch(ProcessHandle process) {
        orders.println("watch " + process.pid());
    }

    /** Unregisters a process that has ended: its number may soon be that of another one. */
    synchronized void forget(ProcessHandle process) {
        orders.println("forget " + process.pid());
    }

    /** Has the effect of the end of this JVM. */
    @Override
    public void close() {
        orders.close();
    }
}
