@NullMarked
package dev.parley.service.startup;

import org.jspecify.annotations.NullMarked;
