/// STOMP 1.2, 1.1 and 1.0: the codec ([StompReader], [SharedMessage], [ServerFrames]) apart from
/// the session ([StompSession], [Conversation]), and both apart from what carries the bytes.
@NullMarked
package io.belfry.transport.stomp;

import org.jspecify.annotations.NullMarked;
