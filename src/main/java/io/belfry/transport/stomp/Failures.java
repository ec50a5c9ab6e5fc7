package io.belfry.transport.stomp;

import io.belfry.core.delivery.CloseReason;
import io.belfry.core.log.InvalidInputException;
import io.belfry.core.log.LimitExceededException;
import io.belfry.core.log.NotAllowedException;
import io.belfry.core.log.StoreUnavailableException;
import io.belfry.security.KeysUnavailableException;
import io.belfry.security.TokenRefusedException;
import java.util.concurrent.CompletionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What clients are told of what went wrong: the one table of this transport.
final class Failures {
  private static final Logger LOG = LoggerFactory.getLogger(Failures.class);

  private Failures() {}

  static Failure of(Throwable wrong) {
    return switch (wrong) {
      case StompException broken -> broken.failure();
      case InvalidInputException invalid ->
          new Failure(CloseReason.PROTOCOL, sentence(invalid), 400, null);
      case NotAllowedException refused ->
          new Failure(CloseReason.PROTOCOL, sentence(refused), 422, null);
      case LimitExceededException limit ->
          new Failure(CloseReason.LIMIT, sentence(limit), 429, null);
      case TokenRefusedException refused ->
          new Failure(CloseReason.TOKEN_REFUSED, sentence(refused), 401, null);
      case StoreUnavailableException away ->
          new Failure(
              CloseReason.PROTOCOL, "The store cannot take this now; try again later.", 503, null);
      case KeysUnavailableException away ->
          new Failure(
              CloseReason.PROTOCOL, "Tokens cannot be checked now; try again later.", 503, null);
      case CompletionException wrapped when wrapped.getCause() != null -> of(wrapped.getCause());
      default -> {
        LOG.error("A STOMP frame could not be handled", wrong);
        yield new Failure(CloseReason.DEFECT, CloseReason.DEFECT.sentence(), 500, null);
      }
    };
  }

  private static String sentence(RuntimeException fitForPeers) {
    return String.valueOf(fitForPeers.getMessage());
  }
}
