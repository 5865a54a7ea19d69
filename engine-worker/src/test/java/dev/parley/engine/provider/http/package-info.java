@NullMarked
package dev.parley.engine.provider.http;

import org.jspecify.annotations.NullMarked;
