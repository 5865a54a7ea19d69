/** The model that needs no key: it answers newcomers sensibly and tests exactly as they ask. */
@NullMarked
package dev.parley.providers.scripted;

import org.jspecify.annotations.NullMarked;
