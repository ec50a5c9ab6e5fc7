package io.belfry.security;

import io.belfry.core.log.InvalidInputException;
import io.belfry.web.ProblemWriter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Collections;
import java.util.List;
import org.springframework.http.HttpHeaders;
import org.springframework.security.core.context.SecurityContext;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.web.context.SecurityContextRepository;
import org.springframework.web.filter.OncePerRequestFilter;

/// Says who a request to the servlets is from, with the same [Tokens] as all other doors. A token
/// that is not accepted ends the request, also where none is needed. One in the address is passed
/// over, whatever the request accepts: addresses are logged and shared, and what cannot send
/// headers (server-sent events, WebSocket handshakes) has doors of its own before the servlets.
final class BearerFilter extends OncePerRequestFilter {
  private final Tokens tokens;
  private final SecurityContextRepository contexts;

  /// @param contexts keeps the caller for the asynchronous part of a request
  BearerFilter(Tokens tokens, SecurityContextRepository contexts) {
    this.tokens = tokens;
    this.contexts = contexts;
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    List<String> authorization = Collections.list(request.getHeaders(HttpHeaders.AUTHORIZATION));
    Caller caller;
    try {
      caller = BearerToken.caller(tokens, authorization, null);
    } catch (TokenRefusedException | KeysUnavailableException | InvalidInputException failure) {
      ProblemWriter.write(SecurityProblems.of(failure), response);
      return;
    }
    if (caller != null) {
      SecurityContext context = SecurityContextHolder.createEmptyContext();
      context.setAuthentication(new CallerAuthentication(caller));
      SecurityContextHolder.setContext(context);
      contexts.saveContext(context, request, response);
    }
    chain.doFilter(request, response);
  }
}
