@NullMarked
package dev.parley.service.logging;

import org.jspecify.annotations.NullMarked;
