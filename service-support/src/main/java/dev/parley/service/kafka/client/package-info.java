/** Makes every Kafka client of Parley: its kinds, the settings of each with the reason, and their metrics. */
@NullMarked
package dev.parley.service.kafka.client;

import org.jspecify.annotations.NullMarked;
