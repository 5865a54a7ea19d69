/** Keeps records that nobody can read. The only part with Spring in it: spring-kafka is an optional dependency, for the services. */
@NullMarked
package dev.parley.service.kafka.deadletter;

import org.jspecify.annotations.NullMarked;
