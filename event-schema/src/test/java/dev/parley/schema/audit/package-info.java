@NullMarked
package dev.parley.schema.audit;

import org.jspecify.annotations.NullMarked;
