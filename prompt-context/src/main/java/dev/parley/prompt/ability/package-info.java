/** Estimates the user's ability in a subject from the conversation, with the Elo rating system. Pure. */
@NullMarked
package dev.parley.prompt.ability;

import org.jspecify.annotations.NullMarked;
