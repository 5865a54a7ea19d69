/** One broker and one store for all tests of a module: in containers where Docker is present, else embedded. */
@NullMarked
package dev.parley.embedded.testing;

import org.jspecify.annotations.NullMarked;
