/** All settings of the services, read from their settings records. */
@NullMarked
package dev.parley.standalone.settings;

import org.jspecify.annotations.NullMarked;
