package dev.parley.embedded.testing;

import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Runs the test class with the module's broker and store. They are started once, shared by all classes, and closed after the last test. A
 * parameter of type {@link Backends} receives them. They are not emptied between tests, so each test uses names of its own for topics,
 * groups and databases ({@link Backends#unique}).
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Inherited
@ExtendWith(BackendsExtension.class)
public @interface WithBackends {}
