package io.belfry.settings;

import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.core.convert.ConversionException;
import org.springframework.util.ClassUtils;
import org.springframework.util.unit.DataSize;

/// What is said of a value that has not even the form of its setting: the forms that there are.
public final class MalformedSetting {
  private MalformedSetting() {}

  /// The failure to tell in place of this one: itself where it is no matter of form.
  public static RuntimeException of(BindException failure) {
    ConfigurationProperty property = failure.getProperty();
    Class<?> type = failure.getTarget().getType().resolve();
    String form = type == null ? null : form(ClassUtils.resolvePrimitiveIfNecessary(type));
    if (property == null || form == null || !(failure.getCause() instanceof ConversionException)) {
      return failure;
    }
    String key = property.getName().toString();
    return new InvalidSettingException(
        key,
        key + " is '" + property.getValue() + "': it must be " + form + ".",
        "Change " + key + ".");
  }

  private static @Nullable String form(Class<?> type) {
    if (type.isEnum()) {
      return Arrays.stream(type.getEnumConstants())
          .map(constant -> constant.toString().toLowerCase(Locale.ROOT))
          .collect(Collectors.joining(" or "));
    }
    if (type == Duration.class) {
      return "a duration such as 30s, 10m or 7d";
    }
    if (type == DataSize.class) {
      return "a size such as 64KB or 1MB";
    }
    if (type == Integer.class) {
      return "a whole number";
    }
    return type == Boolean.class ? "true or false" : null;
  }
}
