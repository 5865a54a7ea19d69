/** A model service that misbehaves as told. */
@NullMarked
package dev.parley.systemtests.model;

import org.jspecify.annotations.NullMarked;
