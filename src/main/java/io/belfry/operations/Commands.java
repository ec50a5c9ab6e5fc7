package io.belfry.operations;

import io.belfry.bench.BenchCommand;
import io.belfry.core.log.InvalidInputException;
import io.belfry.security.TokenSigner;
import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;

/// The commands that the jar knows beside being a node.
public final class Commands {
  private static final Duration BENCH_VALIDITY = Duration.ofDays(1);

  private static final String USAGE =
      """
      Usage: java -jar belfry.jar [--SETTING=VALUE]...          runs a node
             java -jar belfry.jar token USER [OPTION]...        prints a token for a user or a service
             java -jar belfry.jar bench [OPTION]...             measures a node
      A command tells its options after --help; the settings are in the README.\
      """;
  private static final int MISUSED = 2;

  private Commands() {}

  /// Runs the command that the first argument names.
  ///
  /// @return the process's exit code; empty where it names none, and a node is to be started
  public static OptionalInt run(List<String> arguments, PrintStream out, PrintStream err) {
    if (arguments.isEmpty()) {
      return OptionalInt.empty();
    }
    List<String> rest = arguments.subList(1, arguments.size());
    return switch (arguments.getFirst()) {
      case "token" -> OptionalInt.of(TokenCommand.run(rest, out, err));
      case "bench" -> OptionalInt.of(BenchCommand.run(rest, Commands::signer, out, err));
      case "--help", "-h", "help" -> {
        out.println(USAGE);
        yield OptionalInt.of(0);
      }
      default -> unknown(arguments.getFirst(), err);
    };
  }

  // What begins with a dash is a setting of a node.
  private static OptionalInt unknown(String first, PrintStream err) {
    if (first.startsWith("-")) {
      return OptionalInt.empty();
    }
    err.println("There is no command " + first + ".");
    err.println(USAGE);
    return OptionalInt.of(MISUSED);
  }

  private static BenchCommand.Signer signer(List<String> settings) {
    TokenSigner signer = OfflineSigner.of(settings);
    if (signer == null) {
      throw new InvalidInputException(
          "belfry.auth.secret",
          "Tokens are checked here with keys that cannot sign; name a secret:"
              + " --belfry.auth.secret=...");
    }
    return (user, scope) -> signer.sign(user, scope, BENCH_VALIDITY);
  }
}
