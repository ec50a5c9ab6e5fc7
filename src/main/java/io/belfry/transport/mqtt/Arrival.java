package io.belfry.transport.mqtt;

import io.belfry.core.log.CursorKey;
import io.belfry.core.log.Ids;
import io.belfry.core.log.InvalidInputException;
import io.belfry.core.log.Names;
import io.belfry.security.Caller;
import io.netty.handler.codec.mqtt.MqttConnectMessage;
import io.netty.handler.codec.mqtt.MqttConnectPayload;
import io.netty.handler.codec.mqtt.MqttConnectVariableHeader;
import io.netty.handler.codec.mqtt.MqttProperties;
import io.netty.handler.codec.mqtt.MqttVersion;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// What a CONNECT said, checked.
///
/// @param device the client id, or [CursorKey#SHARED] where it was empty
/// @param assigned the client id that this node made up where it was empty
/// @param clean whether what was before is to be forgotten
/// @param expiry for how long its session is kept after the connection has ended
/// @param keepAlive zero: no promise
/// @param receiveMaximum how much it takes before it has acknowledged
/// @param maxPacket the largest packet it takes, in bytes
record Arrival(
    Caller caller,
    MqttVersion version,
    String device,
    @Nullable String assigned,
    boolean clean,
    Duration expiry,
    Duration keepAlive,
    int receiveMaximum,
    long maxPacket,
    @Nullable Will will) {
  private static final long FOREVER = 0xFFFF_FFFFL;
  private static final int DEFAULT_RECEIVE_MAXIMUM = 65_535;

  /// May block: tokens are verified.
  ///
  /// @param shown whom the handshake's token speaks for, or null
  /// @throws io.belfry.security.TokenRefusedException where a token is not to be accepted
  /// @throws MqttException where something else is wrong
  static Arrival of(MqttConnectMessage connect, @Nullable Caller shown, MqttNode node) {
    MqttConnectVariableHeader header = connect.variableHeader();
    MqttVersion version =
        MqttVersion.fromProtocolNameAndLevel(header.name(), (byte) header.version());
    if (version == MqttVersion.MQTT_3_1) {
      throw MqttException.of(Reasons.UNSUPPORTED_VERSION, "Spoken here are MQTT 3.1.1 and 5.");
    }
    Properties properties = new Properties(header.properties());
    if (properties.has(MqttProperties.AUTHENTICATION_METHOD)) {
      throw MqttException.refused(Reasons.BAD_METHOD, "Authentication is by user and password.");
    }
    Caller caller = caller(header, connect.payload(), shown, node);
    String id = connect.payload().clientIdentifier();
    boolean isNameless = id == null || id.isEmpty();
    if (isNameless && version == MqttVersion.MQTT_3_1_1 && !header.isCleanSession()) {
      throw MqttException.of(
          Reasons.CLIENT_ID_INVALID, "A session that is to be kept needs a client id.");
    }
    return new Arrival(
        caller,
        version,
        isNameless ? CursorKey.SHARED : device(id),
        isNameless ? Ids.next() : null,
        header.isCleanSession() || isNameless,
        isNameless ? Duration.ZERO : expiry(version, header.isCleanSession(), properties, node),
        Duration.ofSeconds(header.keepAliveTimeSeconds()),
        receiveMaximum(properties),
        maxPacket(properties),
        header.isWillFlag() ? will(connect, caller, node) : null);
  }

  /// Whether its subscriptions have cursors of their own, which end with it.
  boolean hasOwnCursors() {
    return clean && expiry.isZero();
  }

  boolean hasDevice() {
    return !device.isEmpty();
  }

  boolean speaks5() {
    return version == MqttVersion.MQTT_5;
  }

  /// The same with another expiry, as a DISCONNECT may say.
  Arrival expiring(Duration newExpiry) {
    return new Arrival(
        caller,
        version,
        device,
        assigned,
        clean,
        newExpiry,
        keepAlive,
        receiveMaximum,
        maxPacket,
        will);
  }

  private static String device(String clientId) {
    try {
      return Names.device(clientId);
    } catch (InvalidInputException invalid) {
      throw MqttException.of(
          Reasons.CLIENT_ID_INVALID, "A client id is 1 to 64 of A-Z a-z 0-9 . _ -.");
    }
  }

  // Whoever shows several tokens is one and the same in all of them; the password counts.
  private static Caller caller(
      MqttConnectVariableHeader header,
      MqttConnectPayload payload,
      @Nullable Caller shown,
      MqttNode node) {
    byte[] password = header.hasPassword() ? payload.passwordInBytes() : null;
    Caller caller = shown;
    if (password != null && password.length > 0) {
      caller = node.tokens().verify(new String(password, StandardCharsets.UTF_8));
      if (shown != null && !shown.user().equals(caller.user())) {
        throw MqttException.refused(Reasons.BAD_CREDENTIALS, "Two tokens name different users.");
      }
    }
    if (caller == null) {
      throw MqttException.refused(Reasons.NOT_AUTHORIZED, "CONNECT needs a token as password.");
    }
    String user = header.hasUserName() ? payload.userName() : null;
    if (user != null && !user.isEmpty() && !user.equals(caller.user())) {
      throw MqttException.refused(
          Reasons.BAD_CREDENTIALS, "The user name is not the user that the token names.");
    }
    return caller;
  }

  /// How long a session that asks for so many seconds is kept: cursors are forgotten, too.
  static Duration expiry(long seconds, MqttNode node) {
    Duration longest = node.retention().deviceTtl();
    Duration asked = seconds == FOREVER ? longest : Duration.ofSeconds(seconds);
    return asked.compareTo(longest) < 0 ? asked : longest;
  }

  private static Duration expiry(
      MqttVersion version, boolean clean, Properties properties, MqttNode node) {
    if (version == MqttVersion.MQTT_5) {
      return expiry(properties.number(MqttProperties.SESSION_EXPIRY_INTERVAL, 0), node);
    }
    return clean ? Duration.ZERO : node.retention().ttl();
  }

  private static int receiveMaximum(Properties properties) {
    long max = properties.number(MqttProperties.RECEIVE_MAXIMUM, DEFAULT_RECEIVE_MAXIMUM);
    if (max == 0) {
      throw MqttException.of(Reasons.PROTOCOL_ERROR, "The Receive Maximum is not 0.");
    }
    return (int) Math.min(max, DEFAULT_RECEIVE_MAXIMUM);
  }

  private static long maxPacket(Properties properties) {
    long max = properties.number(MqttProperties.MAXIMUM_PACKET_SIZE, Long.MAX_VALUE);
    if (max == 0) {
      throw MqttException.of(Reasons.PROTOCOL_ERROR, "The Maximum Packet Size is not 0.");
    }
    return max;
  }

  private static Will will(MqttConnectMessage connect, Caller caller, MqttNode node) {
    if (!caller.mayPush()) {
      throw MqttException.refused(
          Reasons.NOT_AUTHORIZED, "A will needs a token with the scope push.");
    }
    MqttConnectVariableHeader header = connect.variableHeader();
    boolean speaks5 = header.version() == MqttVersion.MQTT_5.protocolLevel();
    if (speaks5 && header.isWillRetain()) {
      throw MqttException.of(Reasons.NO_RETAIN, "Nothing is retained here.");
    }
    if (speaks5 && header.willQos() > 1) {
      throw MqttException.of(Reasons.NO_QOS_2, "The highest QoS is 1.");
    }
    byte[] body = connect.payload().willMessageInBytes();
    if (body.length > node.maxBody()) {
      throw MqttException.of(Reasons.TOO_LARGE, "A will has at most " + node.maxBody() + " bytes.");
    }
    Properties properties = new Properties(connect.payload().willProperties());
    Will will =
        new Will(
            Topics.ofService(connect.payload().willTopic()),
            properties,
            body,
            Duration.ofSeconds(properties.number(MqttProperties.WILL_DELAY_INTERVAL, 0)));
    // What is wrong with it is said now, not when the client is gone.
    var ignored = will.push(node.retention());
    return will;
  }
}
