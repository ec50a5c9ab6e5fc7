package io.belfry.security;

import java.util.ArrayList;
import java.util.List;
import org.springframework.security.authentication.AbstractAuthenticationToken;
import org.springframework.security.core.GrantedAuthority;
import org.springframework.security.core.authority.SimpleGrantedAuthority;

/// A [Caller] as Spring Security wants it: the principal, with its scopes as authorities.
final class CallerAuthentication extends AbstractAuthenticationToken {
  private static final long serialVersionUID = 1L;

  private final transient Caller caller;

  CallerAuthentication(Caller caller) {
    super(authorities(caller));
    this.caller = caller;
    setAuthenticated(true);
  }

  private static List<GrantedAuthority> authorities(Caller caller) {
    List<GrantedAuthority> scopes = new ArrayList<>();
    if (caller.mayPush()) {
      scopes.add(new SimpleGrantedAuthority(Caller.PUSH));
    }
    if (caller.isAdmin()) {
      scopes.add(new SimpleGrantedAuthority(Caller.ADMIN));
    }
    return scopes;
  }

  @Override
  public Caller getPrincipal() {
    return caller;
  }

  @Override
  public String getName() {
    return caller.user();
  }

  @Override
  public Object getCredentials() {
    return "";
  }
}
