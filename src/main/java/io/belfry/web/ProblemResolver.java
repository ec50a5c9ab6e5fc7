package io.belfry.web;

import io.belfry.core.log.BelfryException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.http.HttpException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.TypeMismatchException;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpHeaders;
import org.springframework.http.converter.HttpMessageNotReadableException;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.security.core.AuthenticationException;
import org.springframework.security.web.firewall.RequestRejectedException;
import org.springframework.stereotype.Component;
import org.springframework.web.ErrorResponse;
import org.springframework.web.bind.ServletRequestBindingException;
import org.springframework.web.servlet.HandlerExceptionResolver;
import org.springframework.web.servlet.ModelAndView;
import org.springframework.web.util.DisconnectedClientHelper;

/// Turns what controllers and Spring MVC throw into problems; what nobody expected is logged here,
/// once. Security's exceptions pass: its own filters answer them.
@Component
@Order(Ordered.HIGHEST_PRECEDENCE)
class ProblemResolver implements HandlerExceptionResolver {
  private static final Logger LOG = LoggerFactory.getLogger(ProblemResolver.class);

  @Override
  public @Nullable ModelAndView resolveException(
      HttpServletRequest request,
      HttpServletResponse response,
      @Nullable Object handler,
      Exception failure) {
    if (failure instanceof AccessDeniedException
        || failure instanceof AuthenticationException
        || failure instanceof RequestRejectedException) {
      return null;
    }
    try {
      if (!DisconnectedClientHelper.isClientDisconnectedException(failure)) {
        ProblemWriter.write(problem(failure), response);
      }
    } catch (IOException gone) {
      LOG.debug("A client went before it could be told of a problem", gone);
    }
    return new ModelAndView();
  }

  private static Problem problem(Exception failure) {
    return switch (failure) {
      case BelfryException known -> Problem.of(known);
      case ServletRequestBindingException missing ->
          Problem.of(400, Objects.requireNonNullElse(missing.getBody().getDetail(), ""));
      case ErrorResponse spring -> problem(spring);
      case TypeMismatchException mismatch ->
          Problem.of(400, "The value of '" + mismatch.getPropertyName() + "' is malformed.");
      // Jetty reads a query once it is asked for a parameter, and may find it malformed, as it may
      // a body; and that may not come.
      case HttpException container when container.getCode() < 500 ->
          Problem.of(container.getCode());
      case IOException slow when slow.getCause() instanceof TimeoutException ->
          Problem.of(408).with(HttpHeaders.CONNECTION, "close");
      case HttpMessageNotReadableException _ ->
          Problem.of(400, "The body is not what this address takes.");
      default -> {
        LOG.error("A request failed", failure);
        yield Problem.of(500);
      }
    };
  }

  private static Problem problem(ErrorResponse response) {
    Problem problem = Problem.of(response.getStatusCode().value());
    for (String name : List.of(HttpHeaders.ALLOW, HttpHeaders.ACCEPT)) {
      String value = response.getHeaders().getFirst(name);
      if (value != null) {
        problem = problem.with(name, value);
      }
    }
    return problem;
  }
}
