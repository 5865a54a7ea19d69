/** What all model services behind HTTP share: connections, timeouts, JSON, and the translation of errors. */
@NullMarked
package dev.parley.providers.http;

import org.jspecify.annotations.NullMarked;
