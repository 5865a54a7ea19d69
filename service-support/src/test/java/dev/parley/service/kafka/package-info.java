@NullMarked
package dev.parley.service.kafka;

import org.jspecify.annotations.NullMarked;
