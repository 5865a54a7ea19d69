@NullMarked
package dev.parley.gateway.chat;

import org.jspecify.annotations.NullMarked;
