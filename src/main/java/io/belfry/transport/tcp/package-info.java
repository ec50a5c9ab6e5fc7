/// The ports where protocols are spoken over plain connections, TCP or TLS, on the server that
/// serves HTTP too.
@NullMarked
package io.belfry.transport.tcp;

import org.jspecify.annotations.NullMarked;
