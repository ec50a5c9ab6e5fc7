package io.belfry.transport.mqtt;

import io.belfry.core.delivery.CloseReason;
import io.belfry.core.log.InvalidInputException;
import io.belfry.core.log.LimitExceededException;
import io.belfry.core.log.NotAllowedException;
import io.belfry.core.log.StoreUnavailableException;
import io.belfry.security.KeysUnavailableException;
import io.belfry.security.TokenRefusedException;
import io.netty.handler.codec.mqtt.MqttIdentifierRejectedException;
import io.netty.handler.codec.mqtt.MqttUnacceptableProtocolVersionException;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What is wrong with what a client sent, or why it cannot be done, as MQTT 5 says it.
final class MqttException extends RuntimeException {
  private static final Logger LOG = LoggerFactory.getLogger(MqttException.class);
  private static final long serialVersionUID = 1;

  private final CloseReason reason;
  private final int code;

  private MqttException(CloseReason reason, int code, @Nullable String sentence) {
    super(sentence, null, false, false);
    this.reason = reason;
    this.code = code;
  }

  static MqttException of(int code, String sentence) {
    return new MqttException(CloseReason.PROTOCOL, code, sentence);
  }

  static MqttException of(CloseReason reason) {
    return new MqttException(reason, Reasons.of(reason), reason.sentence());
  }

  static MqttException refused(int code, String sentence) {
    return new MqttException(CloseReason.TOKEN_REFUSED, code, sentence);
  }

  /// What Netty could not read.
  static MqttException malformed(@Nullable Throwable cause) {
    return switch (cause) {
      case MqttUnacceptableProtocolVersionException _ ->
          of(Reasons.UNSUPPORTED_VERSION, "Spoken here are MQTT 3.1.1 and 5.");
      case MqttIdentifierRejectedException _ ->
          of(Reasons.CLIENT_ID_INVALID, "The client id does not fit.");
      case null, default -> of(Reasons.MALFORMED, "What came is no MQTT packet.");
    };
  }

  /// Any failure, in the one table of this transport.
  static MqttException of(Throwable wrong) {
    return switch (wrong) {
      case MqttException known -> known;
      case InvalidInputException invalid -> of(Reasons.IMPLEMENTATION, text(invalid));
      case NotAllowedException refused -> of(Reasons.NOT_AUTHORIZED, text(refused));
      case LimitExceededException limit ->
          new MqttException(CloseReason.LIMIT, Reasons.QUOTA, text(limit));
      case TokenRefusedException token -> refused(Reasons.BAD_CREDENTIALS, text(token));
      case StoreUnavailableException _ ->
          of(Reasons.UNAVAILABLE, "The store cannot take this now; try again later.");
      case KeysUnavailableException _ ->
          of(Reasons.UNAVAILABLE, "Tokens cannot be checked now; try again later.");
      case CompletionException wrapped when wrapped.getCause() != null -> of(wrapped.getCause());
      default -> {
        LOG.error("An MQTT packet could not be handled", wrong);
        yield new MqttException(
            CloseReason.DEFECT, Reasons.UNSPECIFIED, CloseReason.DEFECT.sentence());
      }
    };
  }

  private static String text(RuntimeException fitForPeers) {
    return String.valueOf(fitForPeers.getMessage());
  }

  CloseReason reason() {
    return reason;
  }

  /// The reason code of MQTT 5.
  int code() {
    return code;
  }

  String sentence() {
    return String.valueOf(getMessage());
  }
}
