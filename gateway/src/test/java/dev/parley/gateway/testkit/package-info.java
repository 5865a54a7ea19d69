@NullMarked
package dev.parley.gateway.testkit;

import org.jspecify.annotations.NullMarked;
