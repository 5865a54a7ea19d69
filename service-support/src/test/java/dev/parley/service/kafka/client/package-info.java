@NullMarked
package dev.parley.service.kafka.client;

import org.jspecify.annotations.NullMarked;
