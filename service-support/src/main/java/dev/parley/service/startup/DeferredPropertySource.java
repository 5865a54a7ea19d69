package dev.parley.service.startup;

/** A property source whose values are not known at the start. Reading one blocks until it is known, so they are not checked. */
public interface DeferredPropertySource {}
