/** What a learner can do in a subject, learned from the conversation: Elo's rule, pure. */
@NullMarked
package dev.parley.prompt.ability;

import org.jspecify.annotations.NullMarked;
