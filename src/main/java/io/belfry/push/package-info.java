/// The REST side that appends: one message a request, or a batch of them.
@NullMarked
package io.belfry.push;

import org.jspecify.annotations.NullMarked;
