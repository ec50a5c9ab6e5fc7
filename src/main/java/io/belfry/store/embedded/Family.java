package io.belfry.store.embedded;

import java.nio.charset.StandardCharsets;

/// A column family of the database: keys of one kind, with options of their own.
enum Family {
  MARKS("default"),
  LOGS("logs"),
  ENTRIES("entries"),
  CURSORS("cursors"),
  KEYS("keys");

  private final String stored;

  Family(String stored) {
    this.stored = stored;
  }

  byte[] stored() {
    return stored.getBytes(StandardCharsets.US_ASCII);
  }
}
