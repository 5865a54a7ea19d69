package dev.parley.service.startup;

/** A property source whose values come later and need no check: asking for one waits until it is there. */
public interface LaterPropertySource {}
