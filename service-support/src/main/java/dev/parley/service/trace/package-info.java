/** What is done about a command, wherever it is done, as one trace: W3C trace context and OpenTelemetry spans. */
@NullMarked
package dev.parley.service.trace;

import org.jspecify.annotations.NullMarked;
