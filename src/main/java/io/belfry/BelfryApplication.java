package io.belfry;

import io.belfry.operations.Commands;
import java.util.List;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/// One node of Belfry; or, where the first argument says so, a command.
@SpringBootApplication
public class BelfryApplication {

  static void main(String[] args) {
    Commands.run(List.of(args), System.out, System.err)
        .ifPresentOrElse(System::exit, () -> SpringApplication.run(BelfryApplication.class, args));
  }
}
