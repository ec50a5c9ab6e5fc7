package io.belfry.security;

import io.belfry.core.log.StoreUnavailableException;
import java.util.concurrent.Callable;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/// Shows what a controller sees; in nodes alone that a test starts with `test.probe=true`.
@RestController
@ConditionalOnProperty("test.probe")
class ProbeController {
  @GetMapping("/probe/caller")
  String caller(@AuthenticationPrincipal Caller caller) {
    return caller.user();
  }

  @GetMapping("/probe/later")
  Callable<String> later(@AuthenticationPrincipal Caller caller) {
    return caller::user;
  }

  @GetMapping("/probe/number")
  String number(@RequestParam int number) {
    return "n" + number;
  }

  @GetMapping("/probe/failing")
  String failing() {
    throw new IllegalStateException("a detail that nobody must see");
  }

  @GetMapping("/probe/away")
  String away() {
    throw new StoreUnavailableException("a detail that nobody must see", null);
  }
}
