@NullMarked
package dev.parley.schema.startup;

import org.jspecify.annotations.NullMarked;
