package io.belfry.store.embedded;

import org.jspecify.annotations.Nullable;

/// A view of the database: what is committed, one moment of it, or what a batch makes of it.
interface Rows {
  /// Called with one row after the other, in the order of the keys.
  @FunctionalInterface
  interface Visitor {
    /// @return whether to go on
    boolean visit(byte[] key, byte[] value);
  }

  byte @Nullable [] get(Family family, byte[] key);

  /// Visits the rows from `from` on and before `to`.
  ///
  /// @return whether all were visited
  boolean scan(Family family, byte[] from, byte[] to, Visitor visitor);

  /// Visits the rows whose keys begin with `prefix`.
  default boolean scan(Family family, byte[] prefix, Visitor visitor) {
    return scan(family, prefix, Keys.after(prefix), visitor);
  }
}
