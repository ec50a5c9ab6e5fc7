package io.belfry.settings;

import io.belfry.settings.BelfryProperties.StoreKind;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.annotation.Condition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.context.annotation.Conditional;
import org.springframework.core.env.Environment;
import org.springframework.core.type.AnnotatedTypeMetadata;

/// There only with this store. Reads the setting as the settings themselves do, so that an empty
/// one is none and one that names no store is told, before a bean is missed that it would have
/// made.
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
@Conditional(ConditionalOnStore.OnStore.class)
public @interface ConditionalOnStore {
  StoreKind value();

  /// Asks the environment.
  final class OnStore implements Condition {
    private static final String KEY = "belfry.store";

    @Override
    public boolean matches(ConditionContext context, AnnotatedTypeMetadata metadata) {
      StoreKind wanted =
          metadata.getAnnotations().get(ConditionalOnStore.class).getEnum("value", StoreKind.class);
      return wanted == store(context.getEnvironment());
    }

    static StoreKind store(Environment environment) {
      try {
        return Binder.get(environment).bind(KEY, StoreKind.class).orElse(StoreKind.EMBEDDED);
      } catch (BindException none) {
        throw new InvalidSettingException(
            KEY, KEY + " must be embedded or redis.", "Change " + KEY + ".");
      }
    }
  }
}
