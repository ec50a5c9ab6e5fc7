package io.belfry.transport.websocket;

import io.belfry.transport.Packet;
import org.eclipse.jetty.websocket.core.CloseStatus;
import org.eclipse.jetty.websocket.core.Frame;
import org.eclipse.jetty.websocket.core.OpCode;

/// A close frame after which the client's answer is waited for, whatever its code.
///
/// Jetty cuts the connection as soon as it has written a code below 3000 but 1000. A socket that is
/// cut while bytes of the client are unread resets it, and the client loses what it has not read:
/// the frame before the close, which says why. So Jetty is shown an ordinary status.
final class CloseFrame extends Frame implements CloseStatus.Supplier {
  private static final CloseStatus SHOWN = CloseStatus.NORMAL_STATUS;

  CloseFrame(Packet.GoodBye bye) {
    super(OpCode.CLOSE, CloseStatus.asPayloadBuffer(bye.code(), bye.sentence()));
  }

  @Override
  public CloseStatus getCloseStatus() {
    return SHOWN;
  }
}
