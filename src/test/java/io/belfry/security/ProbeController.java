package io.belfry.security;

import io.belfry.core.log.StoreUnavailableException;
import java.util.List;
import java.util.concurrent.Callable;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/// Shows what a controller sees; in nodes alone that a test starts with [#PROBES].
@RestController
class ProbeController {
  static final List<Class<?>> PROBES = List.of(ProbeController.class, FailingDoor.class);

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
