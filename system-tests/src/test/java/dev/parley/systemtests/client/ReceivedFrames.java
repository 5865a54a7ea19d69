package dev.parley.systemtests.client;

import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What one socket saw, by message id.
 *
 * @param events the frames with a seq in the order of arrival
 * @param acknowledged of which Kafka has the command, the gateway said
 * @param refused of which the gateway said that no answer will be made
 */
public record ReceivedFrames(String user, Map<String, List<Frame>> events, Set<String> acknowledged, Set<String> refused) {}
