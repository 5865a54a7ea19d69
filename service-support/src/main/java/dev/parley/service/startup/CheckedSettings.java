package dev.parley.service.startup;

/** Settings with rules that no annotation on one of them can tell: how they relate, and whether what they name can be used. */
public interface CheckedSettings {

    /** Adds what is wrong to {@code problems}. Waits for nothing and starts nothing. */
    void check(Problems problems);
}
