package dev.parley.systemtests.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class WatchdogTest {

    @Test
    void kills_registered_processes_when_its_jvm_ends_and_no_others() throws Exception {
        var first = sleeper();
        var forgotten = sleeper();
        var last = sleeper();
        try {
            var watchdog = new Watchdog();
            watchdog.watch(first.toHandle());
            watchdog.watch(forgotten.toHandle());
            watchdog.watch(last.toHandle());
            watchdog.forget(forgotten.toHandle());

            watchdog.close();

            assertThat(first.waitFor(10, TimeUnit.SECONDS)).isTrue();
            assertThat(last.waitFor(10, TimeUnit.SECONDS)).isTrue();
            assertThat(forgotten.isAlive()).isTrue();
        } finally {
            first.destroyForcibly();
            forgotten.destroyForcibly();
            last.destroyForcibly();
        }
    }

    private static Process sleeper() throws Exception {
        return new ProcessBuilder("sleep", "60").start();
    }
}
