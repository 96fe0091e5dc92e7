package dev.payledger.system.house;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.constantpool.FieldRefEntry;
import java.lang.classfile.constantpool.PoolEntry;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// Every code that any service answers with, from the lists in their code.
class ErrorsTest {
  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
  private static final Path PAGE = ROOT.resolve("docs/generated/errors.md");

  private static final String COMMON = "dev.payledger.kit.problem.CommonErrorCode";

  /// A list of codes in the code; of a rejection the status and the retry are the same for all.
  private record Source(String module, String enumeration, Set<String> left) {
    Source(String module, String enumeration) {
      this(module, enumeration, Set.of());
    }

    /// What the kit answers, it answers in every service.
    String saidBy() {
      return module.equals("service-kit") ? "every management port" : module;
    }
  }

  /// Of the common codes, those that a service never answers with are left out; the last test compares
  /// that with the service's code.
  private static final List<Source> SOURCES =
      List.of(
          new Source("gateway", "dev.payledger.gateway.problem.GatewayErrorCode"),
          new Source("gateway", COMMON, Set.of("NOT_ACCEPTABLE")),
          new Source("ledger-service", "dev.payledger.ledger.request.LedgerErrorCode"),
          new Source("ledger-service", "dev.payledger.ledger.money.RejectionReason"),
          new Source("ledger-service", COMMON, Set.of("PAYLOAD_TOO_LARGE")),
          new Source(
              "notify-service",
              COMMON,
              Set.of(
                  "PAYLOAD_TOO_LARGE",
                  "IDEMPOTENCY_KEY_REUSED",
                  "TEMPORARY_REDUCED_CAPACITY",
                  "OUTCOME_UNKNOWN")),
          new Source("fraud-service", "dev.payledger.fraud.web.FraudErrorCode"),
          new Source(
              "fraud-service",
              COMMON,
              Set.of(
                  "FORBIDDEN",
                  "IDEMPOTENCY_KEY_REUSED",
                  "TEMPORARY_REDUCED_CAPACITY",
                  "OUTCOME_UNKNOWN")),
          new Source(
              "outbox-relay",
              COMMON,
              Set.of(
                  "UNAUTHENTICATED",
                  "FORBIDDEN",
                  "NOT_ACCEPTABLE",
                  "PAYLOAD_TOO_LARGE",
                  "UNSUPPORTED_MEDIA_TYPE",
                  "IDEMPOTENCY_KEY_REUSED",
                  "TEMPORARY_REDUCED_CAPACITY",
                  "OUTCOME_UNKNOWN")),
          new Source("service-kit", "dev.payledger.kit.management.ManagementProblemCode"));

  private record Meaning(int status, boolean isRetryable, String title, String next) {}

  @Test
  void codeMeansTheSameInEveryService() throws Exception {
    for (Map.Entry<String, Map<Source, Meaning>> code : codes().entrySet()) {
      assertThat(new TreeSet<>(code.getValue().values().stream().map(Meaning::toString).toList()))
          .as(code.getKey())
          .hasSize(1);
    }
  }

  @Test
  void retryableIsWhatMaySucceedUnchanged() throws Exception {
    codes()
        .forEach(
            (code, meanings) ->
                meanings
                    .values()
                    .forEach(
                        meaning -> {
                          assertThat(meaning.status()).as(code).isBetween(400, 503);
                          if (meaning.status() >= 500 || meaning.status() == 429) {
                            assertThat(meaning.isRetryable()).as(code).isTrue();
                          }
                          assertThat(meaning.title()).as(code).doesNotEndWith(".").isNotBlank();
                          assertThat(meaning.next()).as(code).endsWith(".");
                        }));
  }

  /// Written when it is not as it should be, and then this fails once: look at it and commit it.
  @Test
  void pageShowsCodesOfTheCode() throws Exception {
    String page =
        """
        # Errors

        From the lists of codes in the code of all services; `ErrorsTest` writes this page, and sees to it that a code
        means the same in each of them.

        Every error is a problem document (RFC 9457, `application/problem+json`) with `type`, `title`, `status`, `detail`,
        `code`, `retryable` and `traceId`, also of requests that could not be read. Only `/oauth2/token` answers in OAuth2's
        own form. `type` is `https://payledger.dev/problems/` and the code: a name and no address that is served; what it
        means is the code's line here. `code` is stable, `title` and `detail` are for people. `retryable` says that the same
        request, unchanged and under the same idempotency key, may succeed later; 503 and 429 say with `Retry-After` when.
        HTTP that is not spoken here (501, 505) is `invalid-request` too.

        | code | status | retryable | title | what to do next | said by |
        | --- | --- | --- | --- | --- | --- |
        """
            + codes().entrySet().stream()
                .sorted(
                    Comparator.comparing(
                            (Map.Entry<String, Map<Source, Meaning>> code) ->
                                first(code.getValue()).status())
                        .thenComparing(Map.Entry::getKey))
                .map(code -> line(code.getKey(), code.getValue()))
                .collect(Collectors.joining());
    boolean isAsItWas = Files.exists(PAGE) && Files.readString(PAGE).equals(page);
    if (!isAsItWas) {
      Files.writeString(PAGE, page);
    }
    assertThat(isAsItWas).as("docs/generated/errors.md was as the code says").isTrue();
  }

  /// A constant that is left out above stands nowhere in the service's classes.
  @Test
  void leftOutCodesAreUnused() throws Exception {
    for (Source source : SOURCES) {
      if (source.enumeration().equals(COMMON)) {
        assertThat(source.left()).as(source.module()).doesNotContainAnyElementsOf(used(source));
      }
    }
  }

  /// The constants of the enumeration that the module's classes refer to.
  private static Set<String> used(Source source) throws IOException {
    // One that no module leaves out, so that the set is not empty.
    Set<String> names = new TreeSet<>(Set.of("INVALID_REQUEST"));
    try (Stream<Path> files = Files.walk(ROOT.resolve(source.module()).resolve("target/classes"))) {
      for (Path file : files.filter(each -> each.toString().endsWith(".class")).toList()) {
        for (PoolEntry entry : ClassFile.of().parse(file).constantPool()) {
          if (entry instanceof FieldRefEntry field
              && field.owner().asInternalName().replace('/', '.').equals(source.enumeration())) {
            names.add(field.name().stringValue());
          }
        }
      }
    }
    return names;
  }

  private static String line(String code, Map<Source, Meaning> meanings) {
    Meaning meaning = first(meanings);
    return "| <a id=\"%s\"></a>`%s` | %d | %s | %s | %s | %s |\n"
        .formatted(
            code,
            code,
            meaning.status(),
            meaning.isRetryable() ? "yes" : "no",
            meaning.title(),
            meaning.next(),
            meanings.keySet().stream()
                .map(Source::saidBy)
                .distinct()
                .collect(Collectors.joining(", ")));
  }

  private static Meaning first(Map<Source, Meaning> meanings) {
    return meanings.values().iterator().next();
  }

  private static Map<String, Map<Source, Meaning>> codes() throws IOException {
    Map<String, Map<Source, Meaning>> codes = new LinkedHashMap<>();
    for (Source source : SOURCES) {
      URL[] classes = {classesOf(source.module()), classesOf("service-kit")};
      try (URLClassLoader loader = new URLClassLoader(classes)) {
        for (Object code : loader.loadClass(source.enumeration()).getEnumConstants()) {
          if (source.left().contains(((Enum<?>) code).name())) {
            continue;
          }
          boolean isRejection = source.enumeration().endsWith("RejectionReason");
          codes
              .computeIfAbsent(ask(String.class, code, "code"), _ -> new LinkedHashMap<>())
              .put(
                  source,
                  new Meaning(
                      isRejection ? 422 : ask(Integer.class, code, "status"),
                      !isRejection && ask(Boolean.class, code, "isRetryable"),
                      ask(String.class, code, "title"),
                      ask(String.class, code, "next")));
        }
      } catch (ReflectiveOperationException e) {
        throw new AssertionError(source + " is no list of codes", e);
      }
    }
    return codes;
  }

  private static URL classesOf(String module) throws IOException {
    return ROOT.resolve(module).resolve("target/classes").toUri().toURL();
  }

  private static <T> T ask(Class<T> type, Object code, String question)
      throws ReflectiveOperationException {
    return type.cast(code.getClass().getMethod(question).invoke(code));
  }
}
