package io.belfry;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.Stream;
import org.springframework.boot.actuate.autoconfigure.web.ManagementContextConfiguration;
import org.springframework.boot.context.annotation.ImportCandidates;
import org.springframework.context.annotation.Import;
import org.springframework.core.annotation.MergedAnnotations;
import org.springframework.stereotype.Component;

/// Nothing is scanned for beans: what the application does not import, by itself or by what it
/// imports, would be left out in silence. What a management port of its own has is named in
/// `META-INF/spring`.
@AnalyzeClasses(packages = "io.belfry", importOptions = ImportOption.DoNotIncludeTests.class)
class WiringTests {
  // The commands' own, which is no node.
  private static final String NOTHING = "io.belfry.operations.OfflineSigner$Nothing";

  private static final Set<String> WIRED = wired();

  @ArchTest
  static final ArchRule everyComponentIsImported =
      classes()
          .that()
          .areMetaAnnotatedWith(Component.class)
          .and()
          .doNotHaveFullyQualifiedName(NOTHING)
          .should(
              ArchCondition.from(DescribedPredicate.describe("be imported", WiringTests::isWired)));

  private static Set<String> wired() {
    Set<String> found = new HashSet<>();
    ImportCandidates.load(ManagementContextConfiguration.class, null).forEach(found::add);
    return imported(BelfryApplication.class, found);
  }

  private static boolean isWired(JavaClass component) {
    return WIRED.contains(component.getName());
  }

  private static Set<String> imported(Class<?> by, Set<String> found) {
    if (found.add(by.getName())) {
      MergedAnnotations.from(by).stream(Import.class)
          .flatMap(annotation -> Stream.of(annotation.getClassArray("value")))
          .forEach(imported -> imported(imported, found));
    }
    return found;
  }
}
