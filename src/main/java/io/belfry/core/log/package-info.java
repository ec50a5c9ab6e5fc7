/// What Belfry is about: destinations, entries and offsets, and the ports of the store that keeps
/// them. Plain Java that knows nothing else of Belfry.
@NullMarked
package io.belfry.core.log;

import org.jspecify.annotations.NullMarked;
