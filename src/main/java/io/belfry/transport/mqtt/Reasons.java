package io.belfry.transport.mqtt;

import io.belfry.core.delivery.CloseReason;

/// The reason codes of MQTT 5 that are used here, and what they are in a CONNACK of MQTT 3.1.1.
final class Reasons {
  static final int SUCCESS = 0x00;
  static final int NO_SUBSCRIPTION = 0x11;
  static final int UNSPECIFIED = 0x80;
  static final int MALFORMED = 0x81;
  static final int PROTOCOL_ERROR = 0x82;
  static final int IMPLEMENTATION = 0x83;
  static final int UNSUPPORTED_VERSION = 0x84;
  static final int CLIENT_ID_INVALID = 0x85;
  static final int BAD_CREDENTIALS = 0x86;
  static final int NOT_AUTHORIZED = 0x87;
  static final int UNAVAILABLE = 0x88;
  static final int GOING = 0x8B;
  static final int BAD_METHOD = 0x8C;
  static final int SILENT = 0x8D;
  static final int TAKEN_OVER = 0x8E;
  static final int FILTER_INVALID = 0x8F;
  static final int TOPIC_INVALID = 0x90;
  static final int UNKNOWN_ID = 0x92;
  static final int ALIAS_INVALID = 0x94;
  static final int TOO_LARGE = 0x95;
  static final int QUOTA = 0x97;
  static final int OPERATOR = 0x98;
  static final int FORMAT_INVALID = 0x99;
  static final int NO_RETAIN = 0x9A;
  static final int NO_QOS_2 = 0x9B;
  static final int NO_SHARED = 0x9E;
  static final int NO_WILDCARDS = 0xA2;

  private Reasons() {}

  /// What a DISCONNECT says.
  static int of(CloseReason reason) {
    return switch (reason) {
      case GOING -> GOING;
      case NOT_CONNECTED, SILENT -> SILENT;
      case TOKEN_REFUSED, TOKEN_EXPIRED -> NOT_AUTHORIZED;
      case OPERATOR -> OPERATOR;
      case LIMIT -> QUOTA;
      case TAKEN_OVER -> TAKEN_OVER;
      case PROTOCOL -> PROTOCOL_ERROR;
      case DEFECT -> UNSPECIFIED;
      case CLIENT_WENT -> SUCCESS;
    };
  }

  /// The return code of a CONNACK of MQTT 3.1.1, or 0 where it knows none for this.
  static int returnCode(int code) {
    return switch (code) {
      case UNSUPPORTED_VERSION -> 1;
      case CLIENT_ID_INVALID -> 2;
      case UNAVAILABLE, QUOTA, UNSPECIFIED -> 3;
      case BAD_CREDENTIALS -> 4;
      case NOT_AUTHORIZED -> 5;
      default -> 0;
    };
  }

  /// The nearest one that a CONNACK may have: a client may be sent away while it is let in.
  static int inConnAck(int code) {
    return switch (code) {
      case GOING -> UNAVAILABLE;
      case OPERATOR -> NOT_AUTHORIZED;
      case TAKEN_OVER, SILENT, SUCCESS -> UNSPECIFIED;
      default -> code;
    };
  }

  /// The nearest one that a DISCONNECT may have.
  static int inDisconnect(int code) {
    return switch (code) {
      case UNAVAILABLE, UNSUPPORTED_VERSION, CLIENT_ID_INVALID -> UNSPECIFIED;
      case BAD_CREDENTIALS -> NOT_AUTHORIZED;
      default -> code;
    };
  }

  /// The nearest one that a PUBACK may have.
  static int inPubAck(int code) {
    return switch (code) {
      case IMPLEMENTATION, NOT_AUTHORIZED, TOPIC_INVALID, QUOTA, FORMAT_INVALID -> code;
      default -> UNSPECIFIED;
    };
  }
}
