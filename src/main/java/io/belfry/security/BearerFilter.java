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
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.security.core.context.SecurityContext;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.web.context.SecurityContextRepository;
import org.springframework.web.filter.OncePerRequestFilter;

/// Says who a request to the servlets is from, with the same [Tokens] as all other doors. A token
/// that is not accepted ends the request, also where none is needed.
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
      caller = BearerToken.caller(tokens, authorization, queryForTokens(request));
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

  // A browser's EventSource cannot send headers. Whatever else can, and keeps its token out of
  // addresses, which are logged and shared.
  private static @Nullable String queryForTokens(HttpServletRequest request) {
    String accept = request.getHeader(HttpHeaders.ACCEPT);
    boolean isEventStream =
        request.getMethod().equals("GET")
            && accept != null
            && accept.toLowerCase(Locale.ROOT).contains(MediaType.TEXT_EVENT_STREAM_VALUE);
    return isEventStream ? request.getQueryString() : null;
  }
}
