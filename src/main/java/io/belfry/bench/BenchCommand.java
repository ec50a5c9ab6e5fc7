package io.belfry.bench;

import io.belfry.core.log.InvalidInputException;
import java.io.IOException;
import java.io.PrintStream;
import java.util.List;

/// `bench`: connects users, pushes to them, and says what arrived, how fast, and what was lost.
public final class BenchCommand {
  /// Signs the token of a user.
  @FunctionalInterface
  public interface Signer {
    String sign(String user, String scope);
  }

  /// Makes a signer from settings as for a node.
  @FunctionalInterface
  public interface Signers {
    Signer of(List<String> settings);
  }

  private BenchCommand() {}

  /// @param arguments without the command's own name
  /// @return the process's exit code: 0, 1 where something was lost, 2 where it was misused
  public static int run(List<String> arguments, Signers signers, PrintStream out, PrintStream err) {
    if (arguments.contains("--help") || arguments.contains("-h")) {
      out.println(BenchOptions.USAGE);
      return 0;
    }
    try {
      BenchOptions options = BenchOptions.parse(arguments);
      return run(new Bench(options, signers.of(options.settings()), out), err);
    } catch (InvalidInputException misused) {
      err.println(misused.getMessage());
      err.println(BenchOptions.USAGE);
      return 2;
    }
  }

  private static int run(Bench bench, PrintStream err) {
    try (Users users = new Users(bench)) {
      Sockets.probe(bench.options().url());
      switch (bench.options().load()) {
        case PUSH -> new PushLoad(bench, users).run();
        case FANOUT -> new FanOutLoad(bench, users).run();
        case BATCH -> new BatchLoad(bench).run();
        case RETURN -> new ReturnLoad(bench, users).run();
        case IDLE -> new IdleLoad(bench, users).run();
      }
      String complaint = bench.tally().complaint();
      if (!complaint.isEmpty()) {
        err.println(complaint);
      }
      return bench.tally().lost() == 0 && complaint.isEmpty() ? 0 : 1;
    } catch (IOException refused) {
      err.println(refused.getMessage());
      return 1;
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      return 1;
    }
  }
}
