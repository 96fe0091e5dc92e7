package dev.payledger.system.crash;

import static org.assertj.core.api.Assertions.assertThat;

import dev.payledger.failpoints.CrashPoint;
import dev.payledger.failpoints.Failpoint;
import dev.payledger.failpoints.Probe;
import dev.payledger.failpoints.Probes;
import dev.payledger.system.GeneratedPages;
import dev.payledger.system.crash.CrashMatrix.Result;
import dev.payledger.system.crash.CrashMatrix.Row;
import java.io.IOException;
import java.lang.classfile.Attributes;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.MethodModel;
import java.lang.classfile.instruction.ConstantInstruction;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// The failpoints are the commits in the code, and the crash matrix has a row for each position.
class CrashMatrixTest {
  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
  private static final List<String> SERVICES =
      List.of("ledger-service", "fraud-service", "outbox-relay", "notify-service", "gateway");
  private static final String COMMANDS = "dev.payledger.ledger.command.";

  /// What ends a transaction, begins one that ends by itself, or is one by itself.
  private static final Set<String> COMMITTING =
      Set.of(
          "java/sql/Connection.commit",
          "org/springframework/transaction/support/TransactionTemplate.execute",
          "org/springframework/transaction/support/TransactionTemplate.executeWithoutResult",
          "org/springframework/transaction/support/TransactionOperations.execute",
          "org/springframework/transaction/support/TransactionOperations.executeWithoutResult",
          "org/apache/kafka/clients/producer/KafkaProducer.send",
          "org/apache/kafka/clients/consumer/KafkaConsumer.commitSync");

  /// Where the services commit something of a transfer. The consumer's offset is Spring Kafka's to
  /// store.
  private static final Map<String, Set<Failpoint>> ON_THE_WAY =
      Map.ofEntries(
          Map.entry(
              "JournalConnections#attempt",
              EnumSet.of(
                  Failpoint.ACCOUNT_OPENED,
                  Failpoint.ACCOUNT_CHANGED,
                  Failpoint.ACCOUNT_CHANGE_REJECTED,
                  Failpoint.BATCH_OPENED,
                  Failpoint.HELD,
                  Failpoint.REJECTED,
                  Failpoint.POSTED,
                  Failpoint.AUTHORIZED,
                  Failpoint.CAPTURED,
                  Failpoint.CAPTURE_REJECTED,
                  Failpoint.EXPIRED,
                  Failpoint.VOIDED_BY_REQUEST,
                  Failpoint.VOID_REQUESTED,
                  Failpoint.VOID_REJECTED,
                  Failpoint.COMPENSATION_STARTED,
                  Failpoint.VOIDED)),
          Map.entry("SagaClaims#claimDue", Set.of(Failpoint.SAGA_CLAIMED)),
          Map.entry("SagaClaims#release", Set.of(Failpoint.SAGA_RELEASED)),
          Map.entry("Review#decide", Set.of(Failpoint.REVIEW_DECIDED)),
          Map.entry("ReleaseRun#claimDue", Set.of(Failpoint.RELEASE_CLAIMED)),
          Map.entry("ReleaseRun#releaseInTime", Set.of(Failpoint.RELEASE_NOTED)),
          Map.entry("Screening#screen", Set.of(Failpoint.ASSESSED)),
          Map.entry("Screening#release", Set.of(Failpoint.RELEASED)),
          Map.entry(
              "TransferListener#learn", Set.of(Failpoint.LEARNED, Failpoint.FRAUD_OFFSET_STORED)),
          Map.entry("Screening#assessUnscreened", Set.of(Failpoint.ASSESSED_AFTERWARDS)),
          Map.entry("Alerts#decide", Set.of(Failpoint.FRAUD_REVIEW_DECIDED)),
          Map.entry(
              "FeedListener#onEvent", Set.of(Failpoint.APPLIED, Failpoint.NOTIFY_OFFSET_STORED)),
          Map.entry(
              "EventPublisher#publish", Set.of(Failpoint.PRODUCED, Failpoint.RELAY_OFFSET_STORED)),
          Map.entry(
              "IdempotencyKeys",
              Set.of(Failpoint.KEY_CLAIMED, Failpoint.ANSWER_STORED, Failpoint.KEY_RELEASED)));

  /// Commits that no transfer waits for, and statements inside a transaction of the list above.
  private static final Map<String, String> ELSEWHERE =
      Map.ofEntries(
          Map.entry("Checks#run", "reads only"),
          Map.entry("DryRun#plan", "reads only"),
          Map.entry("AuditProgress", "notes of what the auditor has read; read again when lost"),
          Map.entry("AuditRun#runOnce", "the same notes"),
          Map.entry("RollingAudit#runOnce", "the same notes; the step is made again"),
          Map.entry("BlockedAccounts#change", "an operator's change of one account"),
          Map.entry("BlockedAccounts#afterSingletonsInstantiated", "what the setting blocks"),
          Map.entry("BlockedAccountsRun#runOnce", "tells those changes, again when it crashed"),
          Map.entry("SagaClaims#holdForReview", "releases too: ledger.saga-released"),
          Map.entry("SagaClaims#fail", "releases too, after a defect, or parks"),
          Map.entry("SagaClaims#unpark", "an operator's release of a parked saga"),
          Map.entry("SagaClaims#claimReviewed", "within an operator's decision"),
          Map.entry(
              "SigningKeys", "the demo issuer's keys: the row of a generation says who made it"));

  private static final Set<String> WRITES_NOTHING =
      Set.of(
          "Replayed",
          "IdReused",
          "Fenced",
          "VoidRequested",
          "CannotPost",
          "AllowanceExhausted",
          "BlockedAccountsUnknown");

  @Test
  void everyCommitOfServicesIsFailpointOrListedException() throws IOException {
    Set<String> known = new TreeSet<>(ON_THE_WAY.keySet());
    known.addAll(ELSEWHERE.keySet());

    assertThat(commits()).containsExactlyInAnyOrderElementsOf(known);
    assertThat(ON_THE_WAY.values().stream().flatMap(Set::stream))
        .containsExactlyInAnyOrder(Failpoint.values());
  }

  @Test
  void everyOutcomeThatTheJournalWritesHasAFailpoint() throws Exception {
    URL classes = ROOT.resolve("ledger-service/target/classes").toUri().toURL();
    try (URLClassLoader loader = new URLClassLoader(new URL[] {classes})) {
      Set<String> without = new TreeSet<>();
      Set<Failpoint> found = EnumSet.noneOf(Failpoint.class);
      for (Class<?> command : leaves(loader.loadClass(COMMANDS + "JournalCommand")).toList()) {
        for (Class<?> outcome : outcomeOf(command).getPermittedSubclasses()) {
          Failpoint.ofDecision(command.getSimpleName(), outcome.getSimpleName())
              .ifPresentOrElse(
                  found::add,
                  () -> without.add(command.getSimpleName() + "/" + outcome.getSimpleName()));
        }
      }
      without.removeIf(
          decision -> WRITES_NOTHING.contains(decision.substring(decision.indexOf('/') + 1)));
      // What is held is captured at once or refused.
      assertThat(without).containsExactly("CaptureHold/Requested");
      assertThat(found).isEqualTo(ON_THE_WAY.get("JournalConnections#attempt"));
    }
  }

  @Test
  void everyProbeFindsItsMethod() throws IOException {
    for (Probe probe : Probes.OURS) {
      Path file =
          SERVICES.stream()
              .map(service -> ROOT.resolve(service).resolve("target/classes"))
              .map(classes -> classes.resolve(probe.type() + ".class"))
              .filter(Files::exists)
              .findFirst()
              .orElseThrow(() -> new AssertionError(probe + " has no class"));
      assertThat(ClassFile.of().parse(file).methods())
          .as(probe.toString())
          .anyMatch(
              method ->
                  method.methodName().equalsString(probe.method())
                      && (probe.call().isEmpty() || calls(method, probe.call()::equals)));
    }
  }

  @Test
  void matrixHasOneRightRowPerPosition() throws IOException {
    List<Result> results = CrashMatrix.read(GeneratedPages.FOLDER);
    assertThat(results.stream().map(Result::row))
        .containsExactlyElementsOf(CrashMatrix.rows().stream().map(Row::toString).toList());
    assertThat(results).allMatch(Result::booksRight);
  }

  @Test
  void runReplacesKnownResultsOfItsRows() {
    List<Result> known = CrashMatrix.rows().stream().map(row -> result(row, "before")).toList();
    Row again = CrashMatrix.rows().get(1);

    List<Result> updated = CrashMatrix.updated(known, List.of(result(again, "now")));

    assertThat(updated).hasSameSizeAs(known).contains(result(again, "now"));
    assertThat(updated)
        .filteredOn(result -> result.commit().equals("before"))
        .hasSize(known.size() - 1);
    assertThat(updated).extracting(Result::row).isEqualTo(known.stream().map(Result::row).toList());
  }

  private static Result result(Row row, String commit) {
    return new Result(
        row.point().failpoint().title(),
        row.point().position().toString(),
        row.kind().toString(),
        7,
        "id",
        "201",
        "POSTED",
        true,
        commit);
  }

  @Test
  void crashPointParsesTextAndDefaultsToAfterCommit() {
    assertThat(CrashPoint.all())
        .allSatisfy(point -> assertThat(CrashPoint.of(point.toString())).contains(point));
    assertThat(CrashPoint.of("ledger.posted"))
        .isEqualTo(CrashPoint.of("ledger.posted:after-commit"))
        .isPresent();
    assertThat(CrashPoint.of("ledger.expired:after-reply")).isEmpty();
    assertThat(CrashPoint.of("ledger.nothing")).isEmpty();
  }

  @Test
  void threeThirdsAreAllRows() {
    assertThat(IntStream.range(0, 3).mapToObj(CrashMatrix::third).flatMap(List::stream))
        .containsExactlyInAnyOrderElementsOf(CrashMatrix.rows());
  }

  /// By class and method, or by class alone where all of its methods are of one kind.
  private static Set<String> commits() throws IOException {
    Set<String> commits = new TreeSet<>();
    for (String service : SERVICES) {
      try (Stream<Path> files = Files.walk(ROOT.resolve(service).resolve("target/classes"))) {
        for (Path file : files.filter(each -> each.toString().endsWith(".class")).toList()) {
          ClassModel type = ClassFile.of().parse(file);
          for (MethodModel method : type.methods()) {
            if (isTransactional(method)
                || calls(method, COMMITTING::contains)
                || writesByItself(type, method)) {
              commits.add(site(type, method));
            }
          }
        }
      }
    }
    return commits;
  }

  private static String site(ClassModel type, MethodModel method) {
    String name = type.thisClass().asInternalName().replaceFirst(".*/", "");
    if (Set.of("IdempotencyKeys", "AuditProgress", "SigningKeys").contains(name)) {
      return name;
    }
    // A lambda belongs to the method that it is written in.
    return name
        + "#"
        + method.methodName().stringValue().replaceFirst("lambda\\$(\\w+)\\$\\d+", "$1");
  }

  private static boolean isTransactional(MethodModel method) {
    return method
        .findAttribute(Attributes.runtimeVisibleAnnotations())
        .map(
            found ->
                found.annotations().stream()
                    .anyMatch(
                        annotation ->
                            annotation.className().stringValue().endsWith("/Transactional;")))
        .orElse(false);
  }

  /// The gateway's statements are each a transaction of its own.
  private static boolean writesByItself(ClassModel type, MethodModel method) {
    return type.thisClass().asInternalName().startsWith("dev/payledger/gateway/")
        && method
            .code()
            .map(
                code ->
                    code.elementStream()
                        .anyMatch(
                            element ->
                                element instanceof ConstantInstruction constant
                                    && constant.constantValue() instanceof String text
                                    && text.matches("(?s)\\s*(INSERT|UPDATE|DELETE) .*")))
            .orElse(false);
  }

  private static boolean calls(MethodModel method, Predicate<String> wanted) {
    return method
        .code()
        .map(
            code ->
                code.elementStream()
                    .anyMatch(
                        element ->
                            element instanceof InvokeInstruction call
                                && wanted.test(
                                    call.owner().asInternalName()
                                        + "."
                                        + call.name().stringValue())))
        .orElse(false);
  }

  private static Stream<Class<?>> leaves(Class<?> type) {
    return type.isSealed()
        ? Arrays.stream(type.getPermittedSubclasses()).flatMap(CrashMatrixTest::leaves)
        : Stream.of(type);
  }

  private static Class<?> outcomeOf(Class<?> command) {
    for (Type type : command.getGenericInterfaces()) {
      return type instanceof ParameterizedType of
          ? (Class<?>) of.getActualTypeArguments()[0]
          : outcomeOf((Class<?>) type);
    }
    throw new AssertionError(command + " is no command");
  }
}
