package dev.parley.service.startup;

/** Settings with rules that annotations cannot express, such as relations between two settings or a file that must be readable. */
public interface CheckedSettings {

    /** Adds each violation to {@code problems}. Does not block and starts nothing. */
    void check(Problems problems);
}
