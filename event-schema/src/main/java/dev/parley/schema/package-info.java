/** The contract between the services of Parley, its clients and other readers of its topics. */
@NullMarked
package dev.parley.schema;

import org.jspecify.annotations.NullMarked;
