/// The settings `belfry.*`, their defaults and their bounds, in one place.
@NullMarked
package io.belfry.settings;

import org.jspecify.annotations.NullMarked;
