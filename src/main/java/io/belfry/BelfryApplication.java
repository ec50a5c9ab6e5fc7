package io.belfry;

import io.belfry.operations.TokenCommand;
import java.util.List;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/// One node of Belfry; or, where the first argument says so, a command.
@SpringBootApplication
public class BelfryApplication {

  static void main(String[] args) {
    List<String> arguments = List.of(args);
    if (!arguments.isEmpty() && arguments.getFirst().equals("token")) {
      System.exit(TokenCommand.run(arguments.subList(1, arguments.size()), System.out, System.err));
    }
    SpringApplication.run(BelfryApplication.class, args);
  }
}
