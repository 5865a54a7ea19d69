package dev.parley.gateway.testkit;

/** The memory that is in use. */
public final class Heap {

    private Heap() {}

    /** Bytes that are in use after a garbage collection. */
    public static long usedAfterGc() {
        System.gc();
        System.gc();
        Runtime runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory();
    }
}
