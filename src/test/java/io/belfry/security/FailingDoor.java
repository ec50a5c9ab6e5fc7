package io.belfry.security;

import io.belfry.web.FrontOrder;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;

/// A core handler that fails at `/probe/door`; in nodes alone that a test starts with
/// [ProbeController#PROBES].
@Component
@Order(FrontOrder.DOORS)
class FailingDoor extends Handler.Wrapper {
  @Override
  public boolean handle(Request request, Response response, Callback callback) throws Exception {
    if (request.getHttpURI().getPath().equals("/probe/door")) {
      throw new IllegalStateException("a detail that nobody must see");
    }
    return super.handle(request, response, callback);
  }
}
