package io.belfry.security;

import io.belfry.core.log.InvalidInputException;
import io.belfry.core.log.Names;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;

/// Gives the demo's own pages a token of whatever user they ask for: there only in demo mode, and
/// only for requests to this machine's own names ([HostHandler]) from pages of this origin or from
/// no page at all.
@RestController
@ConditionalOnAuthMode(AuthMode.DEMO)
class DemoLogin {
  private static final Duration VALIDITY = Duration.ofHours(12);
  private static final Set<String> SCOPES = Set.of("", Caller.PUSH, Caller.ADMIN);
  private static final Set<String> FETCH_SITES = Set.of("same-origin", "none");

  private final TokenSigner signer;

  DemoLogin(TokenSigner signer) {
    this.signer = signer;
  }

  @GetMapping("/demo/token")
  ResponseEntity<Map<String, String>> token(
      @RequestParam String user,
      @RequestParam(defaultValue = "") String scope,
      HttpServletRequest request) {
    @Nullable String site = request.getHeader("Sec-Fetch-Site");
    if (site != null && !FETCH_SITES.contains(site)) {
      throw new ResponseStatusException(HttpStatus.FORBIDDEN);
    }
    if (!SCOPES.contains(scope)) {
      throw new InvalidInputException("scope", "scope is push, admin, or not given.");
    }
    String token = signer.sign(Names.user(user), scope, VALIDITY);
    return ResponseEntity.ok().cacheControl(CacheControl.noStore()).body(Map.of("token", token));
  }
}
