package io.belfry.transport.mqtt;

import io.belfry.core.delivery.Delivery;
import io.belfry.core.delivery.Subscription;
import io.belfry.transport.Packet;
import io.netty.handler.codec.mqtt.MqttMessageIdVariableHeader;
import io.netty.handler.codec.mqtt.MqttPubReplyMessageVariableHeader;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// What one client is sent, and what it says of it: a PUBLISH for each delivery, and above QoS 0 a
/// packet identifier until it is acknowledged.
final class Outgoing {
  private final MqttSession session;
  private final MqttNode node;
  private final ServerPackets packets;
  private final Arrival arrival;
  private final long maxPacket;
  private final PacketIds ids;

  Outgoing(MqttSession session, MqttNode node, Arrival arrival, ServerPackets packets) {
    this.session = session;
    this.node = node;
    this.packets = packets;
    this.arrival = arrival;
    this.maxPacket = arrival.maxPacket();
    this.ids = new PacketIds(arrival.receiveMaximum());
  }

  /// Goes on with what an earlier connection of the session was sent. Called before anything is
  /// sent.
  void resume(SavedSession saved) {
    ids.keep(saved.sent());
  }

  /// What was sent and not acknowledged, oldest first.
  List<SavedSession.Sent> sent() {
    return ids.sent();
  }

  /// Lets go who waits for an identifier. Idempotent.
  void end() {
    ids.close();
  }

  /// A PUBACK. One that refuses makes a dead letter.
  void acknowledge(MqttMessageIdVariableHeader header) {
    PacketIds.InFlight known = ids.release(header.messageId());
    if (known == null) {
      return;
    }
    int code =
        header instanceof MqttPubReplyMessageVariableHeader reply ? reply.reasonCode() & 0xFF : 0;
    if (code < Reasons.UNSPECIFIED) {
      known.subscription().acknowledge(known.offset());
    } else {
      String reason = String.format(Locale.ROOT, "refused with reason code 0x%02X", code);
      known.subscription().reject(known.offset(), reason);
    }
  }

  /// Waits until there is an identifier for what is read now. Blocks.
  ///
  /// @return for how many, at most; 0 where the connection has ended
  int reserve(Subscription core, int most) throws InterruptedException {
    MqttSubscription to = (MqttSubscription) core.request().started();
    return to.qos() == 0 ? most : to.reserve(ids.reserve(most));
  }

  /// Gives back what was reserved and is not used. Does not block.
  void release(Subscription core) {
    ids.giveBack(((MqttSubscription) core.request().started()).unreserve());
  }

  /// Writes these to the client, and waits until its socket has taken them. Blocks.
  boolean send(Subscription core, List<Delivery> batch) throws InterruptedException {
    MqttSubscription to = (MqttSubscription) core.request().started();
    int next = 0;
    while (next < batch.size()) {
      List<Packet> frames = new ArrayList<>(batch.size() - next);
      int bytes = 0;
      while (next < batch.size()) {
        Delivery delivery = batch.get(next);
        if (isLeftOut(to, delivery)) {
          // At QoS 0 it is settled once the batch is written.
          core.acknowledge(delivery.entry().offset());
          next++;
          continue;
        }
        int id = PacketIds.NONE;
        if (to.qos() > 0 && !delivery.entry().isPassing()) {
          var sent = new PacketIds.InFlight(core, to.topic(), delivery.entry().offset());
          boolean follows = to.follows(() -> ids.holds(to.topic()));
          if (follows && delivery.redelivered() && ids.adopt(sent)) {
            next++;
            continue;
          }
          id = identifier(to, sent, frames.isEmpty());
          if (id == PacketIds.NONE && frames.isEmpty()) {
            return false;
          }
          if (id == PacketIds.NONE) {
            break;
          }
        }
        next++;
        Packet.Data frame = packets.publish(to, delivery, id, node.clock().instant());
        if (frame.bytes().length > maxPacket) {
          cannotTake(core, delivery, id);
          continue;
        }
        frames.add(frame);
        bytes += frame.bytes().length;
      }
      if (!frames.isEmpty() && !session.send(frames, bytes)) {
        return false;
      }
    }
    return true;
  }

  // What the client has published, with No Local; but a gap is spoken in any case.
  private boolean isLeftOut(MqttSubscription to, Delivery delivery) {
    return to.noLocal() && !delivery.hasGap() && Publisher.hasPublished(arrival, delivery.entry());
  }

  private int identifier(MqttSubscription to, PacketIds.InFlight next, boolean mayWait)
      throws InterruptedException {
    if (to.useReserved()) {
      return ids.takeReserved(next);
    }
    return mayWait ? ids.take(next) : ids.tryTake(next);
  }

  // What is larger than the client takes must not be sent to it: for its operator to see.
  private void cannotTake(Subscription core, Delivery delivery, int id) {
    if (id != PacketIds.NONE) {
      var ignored = ids.release(id);
      core.reject(delivery.entry().offset(), "larger than the client takes");
    }
  }
}
