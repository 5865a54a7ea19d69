@NullMarked
package dev.parley.service.trace;

import org.jspecify.annotations.NullMarked;
