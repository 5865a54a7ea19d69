/**
 * The main class of every executable jar. Compiled for Java 8, so that each Java since then can run it; that is why it is not
 * {@code @NullMarked}, whose annotation needs Java 9.
 */
package dev.parley.launcher;
