/** Makes all documents anew from the log, compares them with the ones that are there, and puts them in their place. */
@NullMarked
package dev.parley.projection.rebuild;

import org.jspecify.annotations.NullMarked;
