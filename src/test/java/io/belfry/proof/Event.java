package io.belfry.proof;

/// Something that happened to a client, a pusher or the nemesis, as they themselves saw it.
///
/// Times are microseconds since the history began. A client is `user/device`; a destination is
/// named as a service does; a message is known by the id that its body begins with.
sealed interface Event {
  /// Stands where there is no offset.
  long NONE = -1;

  long at();

  /// A pusher sends a message for the first time.
  ///
  /// @param collapse the collapse key; empty: none
  /// @param ttl in microseconds; 0: it does not expire while we look
  record Sent(long at, String message, String destination, String collapse, long ttl)
      implements Event {
    boolean expires() {
      return ttl > 0;
    }
  }

  /// The last answer to a push, after as many tries as it took; a status of 0: none came.
  record Answered(long at, String message, int status, long offset) implements Event {
    boolean isAccepted() {
      return (status == 200 || status == 201) && offset != NONE;
    }

    boolean isRefused() {
      return status >= 400 && status < 500;
    }
  }

  /// A push was repeated after its answer, and this is what that brought.
  record Repeated(long at, String message, int status, long offset) implements Event {}

  /// Someone asks for a message to be retracted: from here on it may be missing.
  record Retracting(long at, String message) implements Event {}

  /// … and has the answer: from a second later on it must be.
  record Retracted(long at, String message) implements Event {}

  /// A subscription stands: everything pushed from here on is for this client.
  ///
  /// @param from when it began to ask
  /// @param door by which way it came
  /// @param auto whether an entry is settled once it is written to the connection
  /// @param temper how the client behaves on this connection
  record Opened(
      long at,
      long from,
      String connection,
      String door,
      String client,
      String destination,
      boolean auto,
      Temper temper)
      implements Event {}

  /// A subscription was asked for, and its client gave up before it knew whether it stands.
  ///
  /// @param from when it began to ask
  record Failed(long at, long from, String client, String destination) implements Event {}

  /// A message came.
  ///
  /// @param offset as delivered, or [#NONE] where the protocol does not say it
  /// @param gap the position before a hole that was spoken of, or [#NONE]
  record Delivered(
      long at,
      String connection,
      String client,
      String destination,
      long offset,
      String message,
      boolean redelivered,
      long gap)
      implements Event {}

  /// A client acknowledges an entry, or all up to it.
  record Acknowledged(
      long at, String connection, String client, String destination, long offset, boolean upTo)
      implements Event {}

  /// All that was acknowledged on this connection before is kept, a node has said.
  record Kept(long at, String connection) implements Event {}

  /// A client refuses an entry (NACK).
  record Refused(long at, String connection, String client, String destination, long offset)
      implements Event {}

  /// A connection is over for its client, in this way.
  record Closed(long at, String connection, String how) implements Event {}

  /// An entry is listed as a client's dead letter, at the end.
  record DeadLetter(long at, String client, String destination, long offset) implements Event {}

  /// The nemesis did something, which is over now.
  record Fault(long at, long from, String name) implements Event {
    /// What the names of those begin with that set a clock.
    static final String CLOCK = "clock of ";

    boolean isOfClock() {
      return name.startsWith(CLOCK);
    }

    /// Whether something of it lies between these times.
    boolean touches(long begin, long end) {
      return from <= end && begin <= at;
    }
  }
}
