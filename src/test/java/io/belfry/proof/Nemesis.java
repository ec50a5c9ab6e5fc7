package io.belfry.proof;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/// Does one bad thing after the other, each once before any comes again, until it is calm; then
/// what it did is undone. Several of them at work make faults that overlap.
final class Nemesis {
  private static final int REST_MILLIS = 800;
  private static final int TURN_MILLIS = 20;
  private static final int ANSWERS = 10;

  private final Stage stage;
  private final List<Fault> faults;
  private final Random random;
  private volatile String current = "";

  Nemesis(Stage stage, String name, List<Fault> faults) {
    this.stage = stage;
    this.faults = new ArrayList<>(faults);
    this.random = stage.random(name);
  }

  /// What it is doing now; empty: nothing.
  String current() {
    return current;
  }

  void run() {
    try {
      while (!faults.isEmpty() && !stage.isCalm()) {
        Collections.shuffle(faults, random);
        for (Fault fault : List.copyOf(faults)) {
          rest();
          if (!stage.isCalm()) {
            strike(fault);
          }
        }
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  // Also until there was something to harm: on a slow machine a restart takes its time.
  private void rest() throws InterruptedException {
    long enough = stage.history.answers() + ANSWERS;
    stage.idle(random.nextInt(REST_MILLIS));
    while (!stage.isCalm() && stage.history.answers() < enough) {
      stage.idle(TURN_MILLIS);
    }
  }

  private void strike(Fault fault) throws InterruptedException {
    long from = stage.history.now();
    current = fault.name();
    try {
      fault.strike().run();
      stage.idle(100 + random.nextInt(fault.longest()));
      fault.heal().run();
    } catch (InterruptedException interrupted) {
      throw interrupted;
    } catch (Exception failed) {
      throw new IllegalStateException("the nemesis failed: " + fault.name(), failed);
    } finally {
      current = "";
      stage.history.add(new Event.Fault(stage.history.now(), from, fault.name()));
    }
  }
}
