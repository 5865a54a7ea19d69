package dev.parley.providers.scripted;

/** The time that answers are paced by. */
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

    /** Waits until a time has come; ends at once if the thread is interrupted, also when the time is past. */
    default void awaitNanoTime(long due) throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        for (long left = due - nanoTime(); left > 0; left = due - nanoTime()) {
            sleep(left);
        }
    }
}
