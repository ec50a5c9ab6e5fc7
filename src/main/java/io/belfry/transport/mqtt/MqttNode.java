package io.belfry.transport.mqtt;

import io.belfry.core.delivery.CloseReason;
import io.belfry.core.delivery.Deliveries;
import io.belfry.core.log.DeviceRecords;
import io.belfry.core.log.Logs;
import io.belfry.core.log.Presence;
import io.belfry.core.log.Retention;
import io.belfry.security.PushRate;
import io.belfry.security.Tokens;
import io.belfry.transport.DoorCounters;
import io.belfry.transport.LocalNode;
import java.time.Duration;
import java.time.InstantSource;

/// What all MQTT sessions of this node share.
///
/// @param records where sessions are kept between connections
/// @param presence where a newer connection tells older ones
/// @param logs where publishes go
/// @param retention what a publish may ask for, and how long a session is kept at most
/// @param maxBody of a message, in bytes
/// @param heartbeat after which a WebSocket is asked whether it is there
/// @param name of this node
record MqttNode(
    Deliveries deliveries,
    DeviceRecords records,
    Presence presence,
    Logs logs,
    Tokens tokens,
    PushRate pushRate,
    Retention retention,
    int maxBody,
    Duration heartbeat,
    String name,
    InstantSource clock,
    MqttCodec codec,
    Wills wills,
    Keeping keeping,
    DoorCounters counters)
    implements LocalNode {
  // What a packet has beside its body: a topic and properties.
  private static final int AROUND_BODY = 16 * 1024;

  /// How large a packet may be, without its fixed header.
  static int maxPacket(int maxBody) {
    return maxBody + AROUND_BODY;
  }

  int maxPacket() {
    return maxPacket(maxBody);
  }

  @Override
  public void countClose(CloseReason reason) {
    counters.closed(reason);
  }
}
