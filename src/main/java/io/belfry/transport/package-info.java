/// How clients reach this node. Each transport turns entries into bytes and "I have these" into
/// acknowledgements, and decides nothing of delivery itself.
@NullMarked
package io.belfry.transport;

import org.jspecify.annotations.NullMarked;
