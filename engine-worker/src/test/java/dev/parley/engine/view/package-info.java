@NullMarked
package dev.parley.engine.view;

import org.jspecify.annotations.NullMarked;
