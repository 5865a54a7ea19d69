@NullMarked
package dev.parley.schema.kafka;

import org.jspecify.annotations.NullMarked;
