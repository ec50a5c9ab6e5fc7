package io.belfry.store.redis;

import io.belfry.core.log.BelfryException;
import io.belfry.core.log.StoreUnavailableException;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisException;
import io.lettuce.core.RedisLoadingException;
import io.lettuce.core.RedisReadOnlyException;
import java.io.IOException;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;

/// What Lettuce and the server fail with, in the core's words.
final class Failures {
  // What a server says when it would take the command at another time or in another state.
  private static final Set<String> NOT_NOW =
      Set.of(
          "OOM",
          "MISCONF",
          "READONLY",
          "LOADING",
          "NOREPLICAS",
          "CLUSTERDOWN",
          "MASTERDOWN",
          "BUSY",
          "TRYAGAIN",
          "NOAUTH",
          "NOPERM",
          "WRONGPASS",
          "UNKILLABLE",
          "MOVED",
          "ASK");
  // Of these, what passes by itself within seconds.
  private static final Set<String> SOON =
      Set.of(
          "LOADING", "READONLY", "CLUSTERDOWN", "MASTERDOWN", "TRYAGAIN", "BUSY", "MOVED", "ASK");

  private Failures() {}

  /// Without the wrappings of futures.
  static Throwable unwrapped(Throwable failure) {
    Throwable inner = failure;
    while ((inner instanceof CompletionException || inner instanceof ExecutionException)
        && inner.getCause() != null) {
      inner = inner.getCause();
    }
    return inner;
  }

  /// What is behind it all, for a log.
  static String innermost(Throwable failure) {
    Throwable inner = failure;
    while (inner.getCause() != null) {
      inner = inner.getCause();
    }
    return String.valueOf(inner.getMessage());
  }

  /// The same failure in the core's words; a defect stays what it is.
  static RuntimeException translated(Throwable failure) {
    Throwable inner = unwrapped(failure);
    return switch (inner) {
      case BelfryException known -> known;
      case RedisCommandExecutionException refused when !isNotNow(refused) ->
          new IllegalStateException("Redis refused a command: " + refused.getMessage(), refused);
      case RedisException away -> unavailable(away);
      case IOException away -> unavailable(away);
      case TimeoutException late -> unavailable(late);
      case CancellationException closed -> unavailable(closed);
      case RuntimeException defect -> defect;
      default -> new IllegalStateException(inner);
    };
  }

  /// Whether the connection failed, so that nobody knows whether the command was executed.
  static boolean isUnknown(Throwable failure) {
    Throwable inner = unwrapped(failure);
    return inner instanceof IOException
        || inner instanceof CancellationException
        || (inner instanceof RedisException && !(inner instanceof RedisCommandExecutionException));
  }

  /// Whether the server did not execute it and may within seconds.
  static boolean isSoonOver(Throwable failure) {
    Throwable inner = unwrapped(failure);
    return inner instanceof RedisLoadingException
        || inner instanceof RedisReadOnlyException
        || (inner instanceof RedisCommandExecutionException refused
            && SOON.contains(word(refused)));
  }

  static StoreUnavailableException unavailable(Throwable cause) {
    return new StoreUnavailableException("Redis cannot be reached or cannot take it now.", cause);
  }

  private static boolean isNotNow(RedisCommandExecutionException refused) {
    return refused instanceof RedisLoadingException || NOT_NOW.contains(word(refused));
  }

  // The server's code is its message's first word; a script's failure may have more before it.
  private static String word(RedisCommandExecutionException refused) {
    String message = String.valueOf(refused.getMessage());
    if (message.startsWith("ERR Error running script")) {
      for (String code : NOT_NOW) {
        if (message.contains("-" + code + " ")) {
          return code;
        }
      }
    }
    int space = message.indexOf(' ');
    String word = space < 0 ? message : message.substring(0, space);
    return word.startsWith("-") ? word.substring(1) : word;
  }
}
