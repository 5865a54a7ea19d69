/** What every service does before it starts and when it cannot go on: settings are checked, and failures are told in plain words. */
@NullMarked
package dev.parley.service.startup;

import org.jspecify.annotations.NullMarked;
