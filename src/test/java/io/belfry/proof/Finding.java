package io.belfry.proof;

/// Something that must not have happened.
record Finding(Kind kind, String text) {
  /// What may be wrong with a history; its words are those of the verdict.
  enum Kind {
    LOST("lost"),
    FORGOTTEN("delivered, never acknowledged and never sent again"),
    UNLISTED("refused by a client and no dead letter"),
    DISORDERED("out of order"),
    SKIPPED("passed over and sent later"),
    DOUBLED("doubled"),
    UNMARKED("sent again without saying so"),
    RETURNED("sent again after a kept acknowledgement"),
    RESURRECTED("sent after it was retracted, collapsed or expired"),
    STRAYED("delivered to whom it was not for"),
    GHOST("delivered though it was refused or never pushed"),
    HOLE("said to be dropped"),
    UNANSWERED("never answered");

    final String words;

    Kind(String words) {
      this.words = words;
    }
  }
}
