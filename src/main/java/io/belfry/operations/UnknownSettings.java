package io.belfry.operations;

import io.belfry.settings.SettingNames;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.context.event.ApplicationPreparedEvent;
import org.springframework.context.ApplicationListener;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.StandardEnvironment;

/// Warns of settings that are none: a misspelt one would be silently without effect.
final class UnknownSettings implements ApplicationListener<ApplicationPreparedEvent> {
  private static final Logger LOG = LoggerFactory.getLogger(UnknownSettings.class);
  private static final String VARIABLES =
      StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME;

  @Override
  public void onApplicationEvent(ApplicationPreparedEvent event) {
    nearest(event.getApplicationContext().getEnvironment())
        .forEach((name, nearest) -> LOG.warn("{} names no setting; is it {}?", name, nearest));
  }

  /// The names that are no setting's, each with the nearest one.
  static SortedMap<String, String> nearest(ConfigurableEnvironment environment) {
    SortedMap<String, String> unknown = new TreeMap<>();
    for (PropertySource<?> source : environment.getPropertySources()) {
      if (source instanceof EnumerablePropertySource<?> names) {
        boolean areVariables = source.getName().equals(VARIABLES);
        for (String name : names.getPropertyNames()) {
          if (areVariables && isUnknownVariable(name)) {
            unknown.put(name, SettingNames.nearestVariable(name));
          } else if (!areVariables && isUnknownProperty(name)) {
            unknown.put(name, SettingNames.nearestProperty(name));
          }
        }
      }
    }
    return unknown;
  }

  private static boolean isUnknownVariable(String name) {
    return name.toUpperCase(Locale.ROOT).startsWith("BELFRY_") && !SettingNames.isVariable(name);
  }

  private static boolean isUnknownProperty(String name) {
    return name.startsWith("belfry.") && !SettingNames.isProperty(name);
  }
}
