/// What tests of the whole thing share: a real node in a process of its own, and a client.
@NullMarked
package io.belfry.testing;

import org.jspecify.annotations.NullMarked;
