/** Traces a command through all services: W3C trace context and OpenTelemetry spans. */
@NullMarked
package dev.parley.service.trace;

import org.jspecify.annotations.NullMarked;
