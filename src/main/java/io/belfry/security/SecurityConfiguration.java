package io.belfry.security;

import static org.springframework.http.HttpMethod.DELETE;
import static org.springframework.http.HttpMethod.GET;
import static org.springframework.http.HttpMethod.HEAD;
import static org.springframework.http.HttpMethod.POST;

import io.belfry.web.Problem;
import io.belfry.web.ProblemWriter;
import jakarta.servlet.DispatcherType;
import java.util.Set;
import org.springframework.boot.actuate.autoconfigure.web.server.ManagementPortType;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.env.Environment;
import org.springframework.http.HttpMethod;
import org.springframework.security.authorization.AuthorityAuthorizationDecision;
import org.springframework.security.authorization.AuthorizationDeniedException;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.config.annotation.web.configurers.AuthorizeHttpRequestsConfigurer;
import org.springframework.security.config.annotation.web.configurers.HeadersConfigurer;
import org.springframework.security.config.http.SessionCreationPolicy;
import org.springframework.security.web.AuthenticationEntryPoint;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.access.AccessDeniedHandler;
import org.springframework.security.web.access.intercept.AuthorizationFilter;
import org.springframework.security.web.context.RequestAttributeSecurityContextRepository;
import org.springframework.security.web.firewall.HttpFirewall;
import org.springframework.security.web.firewall.RequestRejectedHandler;
import org.springframework.security.web.firewall.StrictHttpFirewall;
import org.springframework.security.web.header.writers.ReferrerPolicyHeaderWriter.ReferrerPolicy;

/// Who may ask the servlets for what. There are no sessions, no cookies and no forms, so nothing
/// that a browser would add by itself to a forged request.
@Configuration(proxyBeanMethods = false)
@Import({TokensConfiguration.class, DemoLogin.class})
public class SecurityConfiguration {
  private static final String CONTENT_POLICY =
      "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self';"
          + " frame-ancestors 'none'";
  private static final Set<String> METHODS =
      Set.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS");

  @Bean
  SecurityFilterChain securityFilterChain(HttpSecurity http, Tokens tokens, Environment environment)
      throws Exception {
    var contexts = new RequestAttributeSecurityContextRepository();
    return http.csrf(AbstractHttpConfigurer::disable)
        .formLogin(AbstractHttpConfigurer::disable)
        .httpBasic(AbstractHttpConfigurer::disable)
        .logout(AbstractHttpConfigurer::disable)
        .requestCache(AbstractHttpConfigurer::disable)
        .sessionManagement(s -> s.sessionCreationPolicy(SessionCreationPolicy.STATELESS))
        .securityContext(context -> context.securityContextRepository(contexts))
        .addFilterBefore(new BearerFilter(tokens, contexts), AuthorizationFilter.class)
        .exceptionHandling(
            e -> e.authenticationEntryPoint(entryPoint()).accessDeniedHandler(denied()))
        .headers(SecurityConfiguration::headers)
        .authorizeHttpRequests(requests -> rules(requests, ManagementPortType.get(environment)))
        .build();
  }

  private static void headers(HeadersConfigurer<HttpSecurity> headers) {
    headers
        .contentSecurityPolicy(policy -> policy.policyDirectives(CONTENT_POLICY))
        .referrerPolicy(referrer -> referrer.policy(ReferrerPolicy.NO_REFERRER));
  }

  // `queue` is no user, so what begins with /user/queue/ is the caller's own and comes first. Where
  // an address takes several methods, those that it does not take are left to Spring MVC, for a
  // 405.
  private static void rules(
      AuthorizeHttpRequestsConfigurer<HttpSecurity>.AuthorizationManagerRequestMatcherRegistry
          requests,
      ManagementPortType management) {
    requests.dispatcherTypeMatchers(DispatcherType.ERROR, DispatcherType.ASYNC).permitAll();
    open(requests, management);
    // What methods there are is no secret, and PushDoor says it without a token too.
    requests.requestMatchers(HttpMethod.OPTIONS).permitAll();
    requests.requestMatchers("/user/queue/**").authenticated();
    allow(requests, Caller.PUSH, "/user/{user}/queue/{queue}", POST);
    allow(requests, Caller.ADMIN, "/user/{user}/queue/{queue}", GET, HEAD);
    allow(requests, Caller.PUSH, "/user/{user}/queue/{queue}/{offset}", GET, HEAD, DELETE);
    allow(requests, Caller.PUSH, "/user/{user}", GET, HEAD);
    allow(requests, Caller.ADMIN, "/user/{user}/sessions", DELETE);
    requests
        .requestMatchers("/topic/belfry.{rest}", "/topic/belfry.{rest}/**")
        .hasAuthority(Caller.ADMIN);
    requests.requestMatchers(POST, "/topic/{topic}/ack").authenticated();
    allow(requests, Caller.PUSH, "/topic/{topic}", POST);
    allow(requests, Caller.PUSH, "/topic/{topic}/{offset}", GET, HEAD, DELETE);
    allow(requests, Caller.PUSH, "/messages", POST);
    requests
        .requestMatchers("/dead-letters", "/dead-letters/**", "/backups")
        .hasAuthority(Caller.ADMIN);
    requests.anyRequest().authenticated();
  }

  private static void open(
      AuthorizeHttpRequestsConfigurer<HttpSecurity>.AuthorizationManagerRequestMatcherRegistry
          requests,
      ManagementPortType management) {
    requests
        .requestMatchers(
            "/",
            "/index.html",
            "/console",
            "/console/**",
            "/belfry.js",
            "/belfry.d.ts",
            "/belfry.tgz",
            "/openapi",
            "/openapi/**",
            "/webjars/**",
            "/assets/**",
            "/favicon.ico",
            "/favicon.svg",
            "/demo/token",
            "/actuator/health",
            "/actuator/health/**")
        .permitAll();
    if (management == ManagementPortType.DIFFERENT) {
      requests.requestMatchers("/actuator/prometheus").permitAll();
    }
    requests.requestMatchers("/actuator/**").hasAuthority(Caller.ADMIN);
  }

  private static void allow(
      AuthorizeHttpRequestsConfigurer<HttpSecurity>.AuthorizationManagerRequestMatcherRegistry
          requests,
      String scope,
      String path,
      HttpMethod... methods) {
    for (HttpMethod method : methods) {
      requests.requestMatchers(method, path).hasAuthority(scope);
    }
  }

  private static AuthenticationEntryPoint entryPoint() {
    return (_, response, _) -> ProblemWriter.write(SecurityProblems.noToken(), response);
  }

  private static AccessDeniedHandler denied() {
    return (_, response, denied) -> {
      String scope =
          denied instanceof AuthorizationDeniedException exception
                  && exception.getAuthorizationResult()
                      instanceof AuthorityAuthorizationDecision decision
              ? String.valueOf(decision.getAuthorities().iterator().next().getAuthority())
              : Caller.ADMIN;
      ProblemWriter.write(SecurityProblems.lacks(scope), response);
    };
  }

  // Names may have any of their characters percent-encoded, a dot too: `.` and `..` as a whole
  // segment are refused all the same, by Jetty and by the firewall's own look at the decoded path.
  @Bean
  HttpFirewall firewall() {
    StrictHttpFirewall firewall = new StrictHttpFirewall();
    firewall.setAllowUrlEncodedPeriod(true);
    return firewall;
  }

  @Bean
  RequestRejectedHandler rejectedHandler() {
    return (request, response, _) -> {
      boolean isKnown = METHODS.contains(request.getMethod());
      ProblemWriter.write(
          isKnown
              ? Problem.malformed(request.getRequestURI())
              : Problem.of(405).with("Allow", "GET, HEAD, POST, DELETE"),
          response);
    };
  }
}
