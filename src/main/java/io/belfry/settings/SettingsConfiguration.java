package io.belfry.settings;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/// What follows from the settings alone.
@Configuration(proxyBeanMethods = false)
public class SettingsConfiguration {
  @Bean
  NodeName nodeName(BelfryProperties settings) {
    return NodeName.of(settings);
  }
}
