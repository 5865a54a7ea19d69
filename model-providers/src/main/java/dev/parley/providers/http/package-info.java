/** What all model services behind HTTP have in common: the connection, its end, and how refusals are told. */
@NullMarked
package dev.parley.providers.http;

import org.jspecify.annotations.NullMarked;
