package io.belfry;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/// One node of Belfry.
@SpringBootApplication
public class BelfryApplication {

  static void main(String[] args) {
    SpringApplication.run(BelfryApplication.class, args);
  }
}
