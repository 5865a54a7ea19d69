@NullMarked
package dev.parley.providers.http;

import org.jspecify.annotations.NullMarked;
