/// A notification service: every destination is a log, every subscription is a cursor in it, and a
/// bell says that the log grew.
@NullMarked
package io.belfry;

import org.jspecify.annotations.NullMarked;
