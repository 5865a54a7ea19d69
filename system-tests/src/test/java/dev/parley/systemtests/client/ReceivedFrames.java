package dev.parley.systemtests.client;

import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What one socket received, by message id.
 *
 * @param events the frames with a seq, in the order of arrival
 * @param acknowledged messages that the gateway acknowledged
 * @param refused messages for which the gateway said that there will be no answer
 */
public record ReceivedFrames(
        String user, Map<String, List<Frame>> events, Set<String> acknowledged, Set<String> refused) {}
