package io.belfry.core.log;

/// How an append ended.
public sealed interface Appended {
  /// It is appended and durable.
  record Fresh(Receipt receipt) implements Appended {}

  /// The same push was appended before: this is what it was told then.
  record Repeated(Receipt receipt) implements Appended {}

  /// Its idempotency key was used for other bytes. Nothing was appended.
  record Mismatched() implements Appended {}
}
