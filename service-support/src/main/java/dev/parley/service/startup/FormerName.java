package dev.parley.service.startup;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * The name that a setting had in earlier versions, as the last part of its property, such as {@code reserve-step}. It still works where the
 * present name is not set.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
public @interface FormerName {
    String value();
}
