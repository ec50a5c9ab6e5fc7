package io.belfry.store.embedded;

import java.util.List;

/// The oldest entries of a full log, looked up for many appends at once: few at first, and twice as
/// many each time they are used up, so that a log to which much is pushed is seldom read and one to
/// which little is takes little memory. Immutable.
///
/// @param heads in order and without a hole
/// @param gone how many of them are not in the log any more
/// @param asked for how many the last look was
record NextToGo(List<EntryCodec.Head> heads, int gone, int asked) {
  static final NextToGo UNKNOWN = new NextToGo(List.of(), 0, 0);

  private static final int FEWEST = 8;
  private static final int MOST = 128;

  /// Whether the log has to be read for more.
  boolean isUsedUp() {
    return gone == heads.size();
  }

  EntryCodec.Head first() {
    return heads.get(gone);
  }

  NextToGo withoutFirst() {
    return new NextToGo(heads, gone + 1, asked);
  }

  /// For how many the next look is.
  int more() {
    return Math.clamp(2L * asked, FEWEST, MOST);
  }

  /// What is known of a log whose entries changed otherwise.
  NextToGo forgotten() {
    return heads.isEmpty() ? this : new NextToGo(List.of(), 0, asked);
  }

  /// In heads, those that have gone included.
  int size() {
    return heads.size();
  }
}
