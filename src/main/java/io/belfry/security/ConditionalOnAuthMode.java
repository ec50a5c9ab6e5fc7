package io.belfry.security;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.util.List;
import org.springframework.context.annotation.Condition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.context.annotation.Conditional;
import org.springframework.core.type.AnnotatedTypeMetadata;

/// There only in one of these modes.
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
@Conditional(ConditionalOnAuthMode.OnAuthMode.class)
@interface ConditionalOnAuthMode {
  AuthMode[] value();

  /// Asks the environment.
  final class OnAuthMode implements Condition {
    @Override
    public boolean matches(ConditionContext context, AnnotatedTypeMetadata metadata) {
      AuthMode[] modes =
          metadata
              .getAnnotations()
              .get(ConditionalOnAuthMode.class)
              .getEnumArray("value", AuthMode.class);
      return List.of(modes).contains(AuthMode.of(context.getEnvironment()));
    }
  }
}
