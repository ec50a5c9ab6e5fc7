package io.belfry.store.embedded;

import java.util.Optional;

/// What is committed: the database as it is now, or as it was at one moment.
interface CommittedRows extends Rows {
  /// One row.
  record Row(byte[] key, byte[] value) {}

  /// The last row from `from` on and before `to`, if there is one.
  Optional<Row> last(Family family, byte[] from, byte[] to);
}
