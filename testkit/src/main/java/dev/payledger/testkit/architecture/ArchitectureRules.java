package dev.payledger.testkit.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noFields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noMethods;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.EvaluationResult;
import com.tngtech.archunit.library.dependencies.SlicesRuleDefinition;
import java.util.List;
import java.util.stream.Stream;

/// The architecture rules that the compiler cannot check. Each module's `ArchitectureRulesTest`
/// runs them over its main classes; testkit's own tests plant a violation of each and see it
/// caught.
public final class ArchitectureRules {
  /// A package with one of these names says nothing about what is in it.
  static final List<String> NAMELESS_PACKAGES =
      List.of("util", "common", "core", "base", "impl", "dto", "model", "helper", "service");

  static final ArchRule TIME_COMES_FROM_A_CLOCK =
      noClasses()
          .should()
          .callMethod(java.time.Instant.class, "now")
          .orShould()
          .callMethod(java.time.LocalDateTime.class, "now")
          .orShould()
          .callMethod(java.time.LocalDate.class, "now")
          .orShould()
          .callMethod(java.time.OffsetDateTime.class, "now")
          .orShould()
          .callMethod(java.time.ZonedDateTime.class, "now")
          .orShould()
          .callMethod(System.class, "currentTimeMillis")
          .because("time comes from an injected Clock, so that tests can move it");

  static final ArchRule MONEY_IS_NEVER_FLOATING =
      noFields()
          .that()
          .haveNameMatching("(?i).*(amount|balance|minor|floor|held).*")
          .should()
          .haveRawType(double.class)
          .orShould()
          .haveRawType(float.class)
          .orShould()
          .haveRawType(Double.class)
          .orShould()
          .haveRawType(Float.class)
          .orShould()
          .haveRawType(java.math.BigDecimal.class)
          .because("money is long minor units");

  static final ArchRule PACKAGES_HAVE_NAMES =
      noClasses()
          .should()
          .resideInAnyPackage(
              NAMELESS_PACKAGES.stream().map(name -> ".." + name + "..").toArray(String[]::new))
          .because("a package is named for its feature");

  static final ArchRule TYPES_HAVE_NAMES =
      noClasses()
          .should()
          .haveSimpleNameEndingWith("Manager")
          .orShould()
          .haveSimpleNameEndingWith("Helper")
          .orShould()
          .haveSimpleNameEndingWith("Impl")
          .orShould()
          .haveSimpleNameEndingWith("Utils")
          .orShould()
          .haveSimpleNameEndingWith("Data")
          .orShould()
          .haveSimpleNameStartingWith("Abstract")
          .because("a type is a noun of docs/vocabulary.md");

  static final ArchRule NOTHING_SLEEPS =
      noClasses()
          .should()
          .callMethod(Thread.class, "sleep", long.class)
          .orShould()
          .callMethod(Thread.class, "sleep", java.time.Duration.class)
          .because("a wait has a condition and a bound");

  static final ArchRule CONTROLLERS_ARE_PACKAGE_PRIVATE =
      classes()
          .that()
          .haveSimpleNameEndingWith("Controller")
          .should()
          .bePackagePrivate()
          .because("nothing but the web calls a controller");

  static final ArchRule NO_NETWORK_CALL_IN_A_TRANSACTION =
      noMethods()
          .that()
          .areAnnotatedWith("org.springframework.transaction.annotation.Transactional")
          .or()
          .areDeclaredInClassesThat(
              new DescribedPredicate<JavaClass>("are @Transactional") {
                @Override
                public boolean test(JavaClass type) {
                  return type.isAnnotatedWith(
                      "org.springframework.transaction.annotation.Transactional");
                }
              })
          .should()
          .beDeclaredInClassesThat(
              new DescribedPredicate<JavaClass>("call over HTTP or publish to Kafka") {
                @Override
                public boolean test(JavaClass type) {
                  return type.getDirectDependenciesFromSelf().stream()
                      .map(dependency -> dependency.getTargetClass().getName())
                      .anyMatch(
                          name ->
                              name.startsWith("java.net.http.")
                                  || name.startsWith("org.springframework.web.client.")
                                  || name.startsWith("org.apache.kafka.clients.producer."));
                }
              })
          .because("no message or HTTP call happens while a database transaction is open");

  static final ArchRule FEATURES_HAVE_NO_CYCLES =
      SlicesRuleDefinition.slices().matching("dev.payledger.*.(*)..").should().beFreeOfCycles();

  private ArchitectureRules() {}

  /// Checks the main classes of a package and those below it; throws an AssertionError that names
  /// every violation.
  public static void check(String rootPackage) {
    JavaClasses classes =
        new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages(rootPackage);
    if (classes.isEmpty()) {
      throw new AssertionError("no classes below " + rootPackage + ": the rules would see nothing");
    }
    all().forEach(rule -> rule.allowEmptyShould(true).check(classes));
  }

  static Stream<ArchRule> all() {
    return Stream.of(
        TIME_COMES_FROM_A_CLOCK,
        MONEY_IS_NEVER_FLOATING,
        PACKAGES_HAVE_NAMES,
        TYPES_HAVE_NAMES,
        NOTHING_SLEEPS,
        CONTROLLERS_ARE_PACKAGE_PRIVATE,
        NO_NETWORK_CALL_IN_A_TRANSACTION,
        FEATURES_HAVE_NO_CYCLES);
  }

  static EvaluationResult evaluate(ArchRule rule, Class<?>... classes) {
    return rule.evaluate(new ClassFileImporter().importClasses(classes));
  }
}
