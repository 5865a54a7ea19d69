/** What kind of question a message is. */
@NullMarked
package dev.parley.providers.category;

import org.jspecify.annotations.NullMarked;
