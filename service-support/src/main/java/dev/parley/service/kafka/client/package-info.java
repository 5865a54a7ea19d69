/** Creates every Kafka client of Parley: the kinds of clients, the settings of each with the reasons, and the metrics. */
@NullMarked
package dev.parley.service.kafka.client;

import org.jspecify.annotations.NullMarked;
