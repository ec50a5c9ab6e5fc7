package io.belfry.operations;

import io.belfry.bench.BenchCommand;
import io.belfry.core.log.InvalidInputException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;

/// The commands that the jar knows beside being a node.
public final class Commands {
  private static final Duration BENCH_VALIDITY = Duration.ofDays(1);
  private static final int MISUSED = 2;
  private static final String USAGE =
      """
      Usage: java -jar belfry.jar [--SETTING=VALUE]...              runs a node: --server.port=8081, say
             java -jar belfry.jar token USER [--scope push|admin]   prints a token
             java -jar belfry.jar bench [--users 1000]...           measures a node
      token --help and bench --help say more; the settings are those of the README, --belfry.data-dir=./data.\
      """;

  private Commands() {}

  /// Runs the command that the first argument names.
  ///
  /// @return the process's exit code; empty where a node is to be started: without arguments, or
  ///   where all are settings
  public static OptionalInt run(List<String> arguments, PrintStream out, PrintStream err) {
    if (arguments.isEmpty()) {
      return OptionalInt.empty();
    }
    List<String> rest = arguments.subList(1, arguments.size());
    return switch (arguments.getFirst()) {
      case "token" -> OptionalInt.of(TokenCommand.run(rest, out, err));
      case "bench" -> OptionalInt.of(BenchCommand.run(rest, Commands::signer, out, err));
      case "--help", "-h", "help" -> told(USAGE, out);
      case "--version", "-V", "version" -> told(version(), out);
      case String setting when isSetting(setting) -> node(arguments, out, err);
      case String unknown -> misused("There is no command " + unknown + ".", err);
    };
  }

  private static boolean isSetting(String argument) {
    return argument.startsWith("--");
  }

  // Spring Boot passes over a word that is no setting: in `--belfry.auth.secret secret` the setting
  // is then an empty one, and the node a demo. The word is not repeated, as it may be a secret.
  private static OptionalInt node(List<String> settings, PrintStream out, PrintStream err) {
    if (settings.contains("--help")) {
      return told(USAGE, out);
    }
    for (int i = 1; i < settings.size(); i++) {
      if (!isSetting(settings.get(i))) {
        String before = settings.get(i - 1).replaceFirst("(?s)=.*", "");
        return misused("What follows " + before + " is no setting: they are --SETTING=VALUE.", err);
      }
    }
    return OptionalInt.empty();
  }

  private static OptionalInt told(String text, PrintStream out) {
    out.println(text);
    return OptionalInt.of(0);
  }

  private static String version() {
    String version = Commands.class.getPackage().getImplementationVersion();
    return "Belfry " + (version == null ? "dev" : version);
  }

  private static OptionalInt misused(String sentence, PrintStream err) {
    err.println(sentence);
    err.println(USAGE);
    return OptionalInt.of(MISUSED);
  }

  private static BenchCommand.Signer signer(List<String> settings) {
    OfflineSigner signer = OfflineSigner.of(settings);
    if (signer == null) {
      throw new InvalidInputException(
          "belfry.auth.secret",
          "Tokens are checked here with keys that cannot sign; name a secret:"
              + " --belfry.auth.secret=...");
    }
    return (user, scope) -> signer.signer().sign(user, scope, BENCH_VALIDITY);
  }
}
