package dev.parley.gateway.testkit;

/** What is held on to. */
public final class Heap {

    private Heap() {}

    /** Bytes that are in use after the collector has been. */
    public static long usedAfterGc() {
        System.gc();
        System.gc();
        Runtime runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory();
    }
}
