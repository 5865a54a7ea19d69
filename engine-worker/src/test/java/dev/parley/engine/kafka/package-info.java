@NullMarked
package dev.parley.engine.kafka;

import org.jspecify.annotations.NullMarked;
