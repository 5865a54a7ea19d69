/** Checks the settings before a service starts, and ends the process when a required thread ends. */
@NullMarked
package dev.parley.service.startup;

import org.jspecify.annotations.NullMarked;
