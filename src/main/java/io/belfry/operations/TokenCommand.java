package io.belfry.operations;

import io.belfry.core.log.InvalidInputException;
import io.belfry.core.log.Names;
import io.belfry.security.Caller;
import io.belfry.settings.InvalidSettingException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.convert.DurationStyle;

/// `token alice [--scope push] [--expires 12h]`: prints a token, signed with the secret of the
/// settings that a node started in the same place would have, or with the demo's, which it makes
/// where it is missing. Settings may follow as for a node, `--belfry.data-dir=/var/lib/belfry`.
public final class TokenCommand {
  private static final int FAILED = 1;
  private static final int MISUSED = 2;
  private static final Duration DEFAULT_VALIDITY = Duration.ofHours(12);
  // A token counts in seconds: one that ends in the second in which it begins is never taken.
  private static final Duration SHORTEST_VALIDITY = Duration.ofSeconds(1);
  private static final Duration LONGEST_VALIDITY = Duration.ofDays(3650);
  private static final List<String> SCOPES = List.of(Caller.PUSH, Caller.ADMIN);
  private static final String USAGE =
      "Usage: token USER [--scope push|admin] [--expires 12h] [--SETTING=VALUE]...";

  /// What was asked for.
  record Order(String user, String scope, Duration validity, List<String> settings) {}

  /// The command line is not one.
  static final class MisusedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    MisusedException(String message) {
      super(message);
    }
  }

  private TokenCommand() {}

  /// @param arguments without the command's own name
  /// @return the process's exit code: 0, 1 where it cannot sign, 2 where it was misused
  public static int run(List<String> arguments, PrintStream out, PrintStream err) {
    return run(arguments, OfflineSigner::of, out, err);
  }

  static int run(
      List<String> arguments,
      Function<List<String>, @Nullable OfflineSigner> signers,
      PrintStream out,
      PrintStream err) {
    if (arguments.contains("--help") || arguments.contains("-h")) {
      out.println(USAGE);
      return 0;
    }
    try {
      Order order = parse(arguments);
      OfflineSigner signer = signers.apply(order.settings());
      if (signer == null) {
        err.println(
            "Tokens are checked here with keys of spring.security.oauth2.resourceserver.jwt.*, which"
                + " cannot sign: ask their issuer for one.");
        return FAILED;
      }
      out.println(signer.signer().sign(order.user(), order.scope(), order.validity()));
      if (signer.demoSecret() != null) {
        err.println(
            "Signed with "
                + signer.demoSecret()
                + ". A node with belfry.auth.secret takes it only if that is set here too.");
      }
      return 0;
    } catch (MisusedException | InvalidInputException misused) {
      err.println(misused.getMessage());
      err.println(USAGE);
      return MISUSED;
    } catch (RuntimeException failure) {
      err.println(sentence(failure));
      return FAILED;
    }
  }

  static Order parse(List<String> arguments) {
    List<String> users = new ArrayList<>();
    List<String> settings = new ArrayList<>();
    String scope = "";
    Duration validity = DEFAULT_VALIDITY;
    for (int i = 0; i < arguments.size(); i++) {
      String argument = arguments.get(i);
      int equals = argument.indexOf('=');
      String name = equals < 0 ? argument : argument.substring(0, equals);
      if (name.equals("--scope") || name.equals("--expires")) {
        String value = equals < 0 ? next(arguments, ++i, name) : argument.substring(equals + 1);
        if (name.equals("--scope")) {
          scope = scope(value);
        } else {
          validity = validity(value);
        }
      } else if (argument.startsWith("--") && equals > 0 && name.contains(".")) {
        settings.add(argument);
      } else if (argument.startsWith("-")) {
        throw new MisusedException("There is no option " + argument + ".");
      } else {
        users.add(argument);
      }
    }
    if (users.size() != 1) {
      throw new MisusedException("A token is for one user.");
    }
    return new Order(Names.user(users.getFirst()), scope, validity, settings);
  }

  private static String next(List<String> arguments, int at, String option) {
    if (at >= arguments.size()) {
      throw new MisusedException("The option " + option + " needs a value.");
    }
    return arguments.get(at);
  }

  private static String scope(String value) {
    List<String> scopes = Arrays.asList(value.strip().split("[ ,]+"));
    if (!SCOPES.containsAll(scopes)) {
      throw new MisusedException("A scope is push or admin.");
    }
    return String.join(" ", scopes);
  }

  private static Duration validity(String value) {
    try {
      Duration validity = DurationStyle.detectAndParse(value);
      if (validity.compareTo(SHORTEST_VALIDITY) >= 0 && validity.compareTo(LONGEST_VALIDITY) <= 0) {
        return validity;
      }
    } catch (IllegalArgumentException | ArithmeticException malformed) {
      // Said below.
    }
    throw new MisusedException("--expires takes a duration such as 30m, 12h or 7d.");
  }

  private static String sentence(RuntimeException failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof InvalidSettingException invalid) {
        return invalid.getMessage() + " " + invalid.remedy();
      }
    }
    String message = failure.getMessage();
    return message == null ? "No token could be made." : message;
  }
}
