package io.belfry.web;

import org.springframework.boot.jetty.servlet.JettyServletWebServerFactory;
import org.springframework.boot.web.server.MimeMappings;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.servlet.config.annotation.ViewControllerRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/// Where the pages are that are not under their file's name, and the types of files that are taken
/// for others elsewhere. The console's page is open to everyone; what it shows is not.
@Configuration(proxyBeanMethods = false)
class PagesConfiguration implements WebMvcConfigurer {
  @Override
  public void addViewControllers(ViewControllerRegistry registry) {
    // As any other file, it is given whatever is accepted. Spring Boot's own start page is for HTML
    // alone, and a 406 without a word for all else.
    registry.addViewController("/").setViewName("forward:/index.html");
    registry.addViewController("/console").setViewName("forward:/console/index.html");
  }

  @Bean
  WebServerFactoryCustomizer<JettyServletWebServerFactory> types() {
    return factory -> {
      MimeMappings types = new MimeMappings(MimeMappings.DEFAULT);
      types.add("ts", "text/plain;charset=UTF-8"); // TypeScript, and no video
      types.add("tgz", "application/gzip");
      factory.setMimeMappings(types);
    };
  }
}
