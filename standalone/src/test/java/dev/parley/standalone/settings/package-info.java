/** The settings of every service, as its configuration records have them. */
@NullMarked
package dev.parley.standalone.settings;

import org.jspecify.annotations.NullMarked;
