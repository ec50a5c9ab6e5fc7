package io.belfry.web;

import java.io.IOException;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.http.HttpException;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.io.QuietException;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.eclipse.jetty.util.Callback;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Answers what Jetty itself refuses (a malformed address, headers that are too large) and what a
/// core handler failed at, as a problem. Neither an exception's text nor the address goes back.
/// Failures are logged here and not by Jetty, which would log the whole address: there may be a
/// token in it.
final class ProblemErrorHandler extends ErrorHandler {
  private static final Logger LOG = LoggerFactory.getLogger(ProblemErrorHandler.class);

  @Override
  public boolean handle(Request request, Response response, Callback callback) {
    int status = response.getStatus();
    Object cause = request.getAttribute(ERROR_EXCEPTION);
    if (cause instanceof HttpException refused) {
      status = refused.getCode();
    } else if (cause instanceof Throwable failure && !isOfTheClient(failure)) {
      LOG.error("A request to {} failed", request.getHttpURI().getPath(), failure);
    }
    if (HttpStatus.hasNoBody(status)) {
      response.setStatus(status);
      callback.succeeded();
    } else {
      ProblemWriter.write(problem(status, request), response, callback);
    }
    return true;
  }

  private static Problem problem(int status, Request request) {
    String path = request.getHttpURI().getPath();
    return status == 400 && path != null
        ? Problem.malformed(path)
        : Problem.of(status < 400 ? 500 : status);
  }

  // It went, or took too long.
  private static boolean isOfTheClient(Throwable failure) {
    return failure instanceof IOException
        || failure instanceof TimeoutException
        || failure instanceof QuietException;
  }
}
