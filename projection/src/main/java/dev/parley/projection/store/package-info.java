/** Where turns and conversations are kept: the port, and MongoDB behind it. */
@NullMarked
package dev.parley.projection.store;

import org.jspecify.annotations.NullMarked;
