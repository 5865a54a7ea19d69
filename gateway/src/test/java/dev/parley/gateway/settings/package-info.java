/** Tests of the settings. */
@NullMarked
package dev.parley.gateway.settings;

import org.jspecify.annotations.NullMarked;
