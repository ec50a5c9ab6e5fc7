package io.belfry.security;

import io.belfry.web.ProblemWriter;
import java.util.List;
import java.util.regex.Pattern;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/// Lets in only what is addressed to this machine by one of its own names: in demo mode anyone gets
/// a token, so a page whose own name was made to point at 127.0.0.1 (DNS rebinding) must not ask.
/// The header `Host` itself counts, and the forwarded host too where there is one, since such a
/// page can forge that. Health is open: orchestrators ask for it by address.
final class HostHandler extends Handler.Wrapper {
  private static final Pattern LOCAL =
      Pattern.compile("(localhost|127\\.0\\.0\\.1|\\[::1])(:\\d{1,5})?", Pattern.CASE_INSENSITIVE);
  private static final String HEALTH = "/actuator/health";

  @Override
  public boolean handle(Request request, Response response, Callback callback) throws Exception {
    if (isLocal(request) || isHealth(Request.getPathInContext(request))) {
      return super.handle(request, response, callback);
    }
    ProblemWriter.write(
        SecurityProblems.forbidden(
            "In demo mode only the hosts localhost, 127.0.0.1 and [::1] are answered; with"
                + " belfry.auth.secret set, any."),
        response,
        callback);
    return true;
  }

  private static boolean isLocal(Request request) {
    String seen = request.getHttpURI().getAuthority();
    List<String> hosts = hosts(Request.unWrap(request));
    return hosts.size() == 1
        && LOCAL.matcher(hosts.getFirst()).matches()
        && (seen == null || LOCAL.matcher(seen).matches());
  }

  // As it came: what knows forwarded headers shows the forwarded host as this one. HTTP/2 has it in
  // the address, and need not have the header.
  private static List<String> hosts(Request came) {
    List<String> hosts = came.getHeaders().getValuesList(HttpHeader.HOST);
    String address = came.getHttpURI().getAuthority();
    boolean isInAddress =
        hosts.isEmpty()
            && address != null
            && came.getConnectionMetaData().getHttpVersion() == HttpVersion.HTTP_2;
    return isInAddress ? List.of(address) : hosts;
  }

  private static boolean isHealth(String path) {
    return path.equals(HEALTH) || path.startsWith(HEALTH + "/");
  }
}
