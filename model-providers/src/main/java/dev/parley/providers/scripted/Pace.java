package dev.parley.providers.scripted;

/** The clock of scripted answers. */
interface Pace {

    /** Real time. */
    Pace REAL = new Pace() {
        @Override
        public long nanoTime() {
            return System.nanoTime();
        }

        @Override
        public void sleep(long nanos) throws InterruptedException {
            Thread.sleep(nanos / 1_000_000, (int) (nanos % 1_000_000));
        }
    };

    long nanoTime();

    void sleep(long nanos) throws InterruptedException;

    /** Waits until this time. Throws at once if the thread is interrupted, even if the time has passed. */
    default void awaitNanoTime(long due) throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        for (long left = due - nanoTime(); left > 0; left = due - nanoTime()) {
            sleep(left);
        }
    }
}
