package io.belfry.proof;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;

/// What a check of one or several histories came to.
///
/// @param accepted messages that were answered 201
/// @param refused messages that were answered 4xx
/// @param deliveries of what was accepted to clients, first ones alone
/// @param redelivered those that said so
/// @param repeated pushes that were repeated, and brought nothing new
/// @param left on wires that broke, where writing settles (`ack:auto`)
record Verdict(
    long accepted,
    long refused,
    long deliveries,
    long redelivered,
    long repeated,
    long left,
    List<Finding> findings) {

  static final Verdict NOTHING = new Verdict(0, 0, 0, 0, 0, 0, List.of());

  boolean isGood() {
    return findings.isEmpty();
  }

  long count(Finding.Kind kind) {
    return findings.stream().filter(finding -> finding.kind() == kind).count();
  }

  /// What was lost: never there, or there once and never again though nobody settled it.
  long lost() {
    return count(Finding.Kind.LOST) + count(Finding.Kind.FORGOTTEN);
  }

  /// The line that says it all; what should be none is named only where it is some.
  String line() {
    StringJoiner line = new StringJoiner(", ", "verdict: ", "");
    line.add(accepted + " accepted").add(lost() + " lost");
    Map<Finding.Kind, Long> counts = new EnumMap<>(Finding.Kind.class);
    findings.forEach(finding -> counts.merge(finding.kind(), 1L, Long::sum));
    counts.forEach((kind, count) -> {
      if (kind != Finding.Kind.LOST && kind != Finding.Kind.FORGOTTEN) {
        line.add(count + " " + kind.words);
      }
    });
    return line.toString();
  }

  /// Both together.
  Verdict and(Verdict other) {
    List<Finding> all = new ArrayList<>(findings);
    all.addAll(other.findings);
    return new Verdict(
        accepted + other.accepted,
        refused + other.refused,
        deliveries + other.deliveries,
        redelivered + other.redelivered,
        repeated + other.repeated,
        left + other.left,
        all);
  }
}
