package io.belfry;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/// The layers of DESIGN.md: arrows point down, and this says so.
@AnalyzeClasses(packages = "io.belfry", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTests {
  @ArchTest
  static final ArchRule theCoreIsPlainJava =
      noClasses()
          .that()
          .resideInAPackage("io.belfry.core..")
          .should()
          .dependOnClassesThat()
          .resideOutsideOfPackages("java..", "io.belfry.core..", "org.jspecify..");

  @ArchTest
  static final ArchRule theLogKnowsNothing =
      noClasses()
          .that()
          .resideInAPackage("io.belfry.core.log..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("io.belfry.core.delivery..");

  @ArchTest
  static final ArchRule storesKnowTheLogAlone =
      noClasses()
          .that()
          .resideInAPackage("io.belfry.store..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "io.belfry.core.delivery..",
              "io.belfry.transport..",
              "io.belfry.push..",
              "io.belfry.security..",
              "io.belfry.operations..");

  @ArchTest
  static final ArchRule pushKnowsTheLogAndSecurity =
      noClasses()
          .that()
          .resideInAPackage("io.belfry.push..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "io.belfry.core.delivery..",
              "io.belfry.transport..",
              "io.belfry.store..",
              "io.belfry.operations..");

  @ArchTest
  static final ArchRule transportsKnowNoStore =
      noClasses()
          .that()
          .resideInAPackage("io.belfry.transport..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("io.belfry.store..", "io.belfry.push..", "io.belfry.operations..");

  @ArchTest
  static final ArchRule transportsDoNotKnowEachOther =
      slices().matching("io.belfry.transport.(*)..").should().notDependOnEachOther();

  @ArchTest
  static final ArchRule modulesHaveNoCycles =
      slices().matching("io.belfry.(*)..").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule nobodyKnowsTheApplication =
      noClasses()
          .that()
          .resideInAPackage("io.belfry.*..")
          .should()
          .dependOnClassesThat()
          .haveSimpleName("BelfryApplication");
}
