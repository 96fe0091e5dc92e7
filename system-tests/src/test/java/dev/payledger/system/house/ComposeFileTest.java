package dev.payledger.system.house;

import static org.assertj.core.api.Assertions.assertThat;

import dev.payledger.stack.Service;
import dev.payledger.stack.server.KafkaServer;
import dev.payledger.stack.server.PostgresServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.yaml.snakeyaml.Yaml;

/// The rules that every container of the compose stack keeps, each beside a violation that it must
/// catch; and what the file shares with the local stack and with its own documentation.
class ComposeFileTest {
  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
  private static final Path FOLDER = ROOT.resolve("deploy/compose");
  private static final Pattern PINNED = Pattern.compile("[\\w./-]+:(?!latest$)[\\w.-]*\\d[\\w.-]*");
  private static final Pattern MEGABYTES = Pattern.compile("(\\d+)m");
  private static final Pattern SECRET_NAME = Pattern.compile("PASSWORD|SECRET|TOKEN|CURSOR_KEY");
  private static final Pattern INTERPOLATED = Pattern.compile("(?<!\\$)\\$\\{([A-Z_]+)");
  private static final Pattern DOCUMENTED = Pattern.compile("(?m)^\\| (`[A-Z_`, ]+`) \\|");
  private static final Pattern FROM = Pattern.compile("(?m)^FROM (\\S+)");
  private static final Pattern MODULE = Pattern.compile("<module>([\\w/-]+)</module>");
  private static final long MEMORY_MAX_MB = 4_096;

  /// @param broken what is wrong with the whole file; nothing when it keeps the rule
  /// @param planted breaks just this rule
  private record Rule(
      String name,
      Function<Map<String, Object>, List<String>> broken,
      Consumer<Map<String, Object>> planted) {}

  private static final List<Rule> RULES =
      List.of(
          each(
              "image has a pinned tag",
              container -> PINNED.matcher(text(container, "image")).matches(),
              gateway -> gateway.put("image", "payledger/gateway:latest")),
          each(
              "health is checked",
              container ->
                  child(container, "healthcheck").get("test") instanceof List<?> test
                      && test.size() > 1
                      && !test.getFirst().equals("NONE"),
              gateway -> gateway.remove("healthcheck")),
          each(
              "memory is limited",
              container -> MEGABYTES.matcher(text(container, "mem_limit")).matches(),
              gateway -> gateway.remove("mem_limit")),
          each(
              "is started again when it ends",
              container -> text(container, "restart").equals("unless-stopped"),
              gateway -> gateway.put("restart", "no")),
          each(
              "program is not process 1, so that a kill from inside ends it",
              container -> Boolean.TRUE.equals(container.get("init")),
              gateway -> gateway.remove("init")),
          each(
              "log is rotated",
              container ->
                  child(container, "logging").get("options") instanceof Map<?, ?> options
                      && options.containsKey("max-size")
                      && options.containsKey("max-file"),
              gateway -> gateway.remove("logging")),
          each(
              "root file system is read-only",
              container -> Boolean.TRUE.equals(container.get("read_only")),
              gateway -> gateway.put("read_only", false)),
          each(
              "has no capability and gains none",
              container ->
                  list(container, "cap_drop").equals(List.of("ALL"))
                      && list(container, "security_opt").contains("no-new-privileges:true")
                      && !container.containsKey("cap_add")
                      && !container.containsKey("privileged"),
              gateway -> gateway.put("cap_add", List.of("NET_ADMIN"))),
          each(
              "reaches nothing of the host but files of the checkout, to read",
              container ->
                  !container.containsKey("network_mode")
                      && !container.containsKey("pid")
                      && !container.containsKey("ipc")
                      && list(container, "volumes").stream().allMatch(ComposeFileTest::isSafe),
              gateway -> gateway.put("volumes", List.of("/:/host"))),
          each(
              "waits for health and not for mere start",
              container ->
                  child(container, "depends_on").values().stream()
                      .allMatch(on -> on.equals(Map.of("condition", "service_healthy"))),
              gateway ->
                  gateway.put(
                      "depends_on", Map.of("kafka", Map.of("condition", "service_started")))),
          each(
              "secret is no variable",
              container ->
                  child(container, "environment").keySet().stream()
                      .noneMatch(name -> SECRET_NAME.matcher(name).find()),
              gateway ->
                  child(gateway, "environment").put("GATEWAY_APP_PASSWORD", "gateway-app-demo")),
          new Rule(
              "only the gateway is published, and on 127.0.0.1",
              file ->
                  containers(file).entrySet().stream()
                      .filter(
                          each ->
                              !list(each.getValue(), "ports").stream()
                                  .allMatch(
                                      port ->
                                          each.getKey().equals("gateway")
                                              && port.toString().startsWith("127.0.0.1:")))
                      .map(Map.Entry::getKey)
                      .toList(),
              file -> container(file, "kafka").put("ports", List.of("127.0.0.1:9092:9092"))),
          new Rule(
              "gateway is published on 127.0.0.1 and nowhere else",
              file ->
                  list(container(file, "gateway"), "ports").stream()
                      .map(Object::toString)
                      .filter(port -> !port.startsWith("127.0.0.1:"))
                      .toList(),
              file -> container(file, "gateway").put("ports", List.of("8080:8080"))),
          new Rule(
              "memory limits sum up to less than 4 GB",
              file -> {
                long sum =
                    containers(file).values().stream()
                        .mapToLong(container -> megabytes(text(container, "mem_limit")))
                        .sum();
                return sum < MEMORY_MAX_MB ? List.of() : List.of(sum + " MB");
              },
              file -> container(file, "kafka").put("mem_limit", "2048m")),
          new Rule(
              "secrets are files that say demo",
              file ->
                  child(file, "secrets").values().stream()
                      .map(secret -> String.valueOf(((Map<?, ?>) secret).get("file")))
                      .filter(name -> !holdsDemoValue(FOLDER.resolve(name)))
                      .toList(),
              file -> child(file, "secrets").put("stray", Map.of("file", "compose.yaml.missing"))),
          new Rule(
              "services have the management credential",
              file ->
                  Service.ours().stream()
                      .map(Service::title)
                      .filter(
                          title ->
                              list(container(file, title), "secrets").stream()
                                  .noneMatch(
                                      secret ->
                                          secret.equals(
                                              Map.of(
                                                  "source", "management-credential",
                                                  "target", "MANAGEMENT_CREDENTIAL"))))
                      .toList(),
              file -> container(file, "gateway").put("secrets", List.of("redis-users"))),
          new Rule(
              "volumes have names",
              file ->
                  containers(file).values().stream()
                      .flatMap(container -> list(container, "volumes").stream())
                      .map(volume -> volume.toString().split(":")[0])
                      .filter(source -> !source.startsWith("."))
                      .filter(source -> !child(file, "volumes").containsKey(source))
                      .toList(),
              file -> container(file, "kafka").put("volumes", List.of("stray:/data"))),
          new Rule(
              "PostgreSQL has the settings of the local stack",
              file ->
                  PostgresServer.SETTINGS.entrySet().stream()
                      .map(setting -> "-c" + setting.getKey() + "=" + setting.getValue())
                      .filter(word -> !list(container(file, "postgres"), "command").contains(word))
                      .toList(),
              file ->
                  container(file, "postgres").put("command", List.of("postgres", "-cfsync=off"))),
          new Rule(
              "Kafka has the settings of the local stack",
              file ->
                  KafkaServer.SETTINGS.entrySet().stream()
                      .filter(
                          setting ->
                              !setting
                                  .getValue()
                                  .equals(
                                      child(container(file, "kafka"), "environment")
                                          .get(
                                              "KAFKA_"
                                                  + setting
                                                      .getKey()
                                                      .replace('.', '_')
                                                      .toUpperCase(Locale.ROOT))))
                      .map(Map.Entry::getKey)
                      .toList(),
              file ->
                  child(container(file, "kafka"), "environment")
                      .put("KAFKA_AUTO_CREATE_TOPICS_ENABLE", "true")),
          new Rule(
              "services have the local stack's names",
              file ->
                  Stream.of(Service.values())
                      .map(Service::title)
                      .filter(title -> !containers(file).containsKey(title))
                      .toList(),
              file -> child(file, "services").remove("gateway")));

  @TestFactory
  Stream<DynamicTest> composeFileKeepsEachRule() throws IOException {
    Map<String, Object> file = file();
    return RULES.stream()
        .map(
            rule ->
                DynamicTest.dynamicTest(
                    rule.name(), () -> assertThat(rule.broken().apply(file)).isEmpty()));
  }

  @TestFactory
  Stream<DynamicTest> eachRuleCatchesItsPlantedViolation() {
    return RULES.stream()
        .map(
            rule ->
                DynamicTest.dynamicTest(
                    rule.name(),
                    () -> {
                      Map<String, Object> file = file();
                      rule.planted().accept(file);
                      assertThat(rule.broken().apply(file)).isNotEmpty();
                    }));
  }

  @Test
  void tableListsExactlyTheVariablesInUse() throws IOException {
    String text = Files.readString(FOLDER.resolve("compose.yaml"));
    Set<String> used = new TreeSet<>();
    containers(file())
        .values()
        .forEach(container -> used.addAll(child(container, "environment").keySet()));
    INTERPOLATED.matcher(text).results().map(match -> match.group(1)).forEach(used::add);

    assertThat(documented(Files.readString(FOLDER.resolve("README.md")))).isEqualTo(used);
    assertThat(documented("| `ONE`, `TWO` | a |\n| three | b |\n")).containsExactly("ONE", "TWO");
  }

  @Test
  void imagesHavePinnedBasesAndRunWithoutRoot() throws IOException {
    String text = Files.readString(FOLDER.resolve("Dockerfile"));

    assertThat(FROM.matcher(text).results().map(match -> match.group(1)))
        .isNotEmpty()
        .allMatch(image -> PINNED.matcher(image).matches());
    assertThat(text.split("(?m)^FROM ").length - 2)
        .as("every stage after the first ends as a user with a number, in exec form")
        .isEqualTo(
            Pattern.compile("USER 10001:10001\n(#.*\n)*ENTRYPOINT \\[")
                .matcher(text)
                .results()
                .count());
    assertThat(PINNED.matcher("maven:latest").matches()).isFalse();
    assertThat(PINNED.matcher("maven").matches()).isFalse();
  }

  /// Maven refuses to start where one is missing, and only a build of the image would show it.
  @Test
  void dependencyLayerOfImagesHasEveryPom() throws IOException {
    String text = Files.readString(FOLDER.resolve("Dockerfile"));
    List<String> modules =
        MODULE
            .matcher(Files.readString(ROOT.resolve("pom.xml")))
            .results()
            .map(match -> match.group(1))
            .toList();

    assertThat(modules).contains("contracts", "demo-console");
    assertThat(modules)
        .allSatisfy(module -> assertThat(text).contains("COPY " + module + "/pom.xml " + module));
  }

  private static Rule each(
      String name,
      Function<Map<String, Object>, Boolean> isKept,
      Consumer<Map<String, Object>> plantedInGateway) {
    return new Rule(
        name,
        file ->
            containers(file).entrySet().stream()
                .filter(each -> !isKept.apply(each.getValue()))
                .map(Map.Entry::getKey)
                .toList(),
        file -> plantedInGateway.accept(container(file, "gateway")));
  }

  /// A named volume, or a file of the checkout that cannot be written.
  private static boolean isSafe(Object volume) {
    String text = volume.toString();
    return text.matches("[\\w-]+:/.*") || (text.startsWith(".") && text.endsWith(":ro"));
  }

  private static boolean holdsDemoValue(Path secret) {
    try {
      return Files.readString(secret).contains("demo");
    } catch (IOException e) {
      return false;
    }
  }

  private static long megabytes(String limit) {
    List<MatchResult> match = MEGABYTES.matcher(limit).results().toList();
    return match.isEmpty() ? MEMORY_MAX_MB : Long.parseLong(match.getFirst().group(1));
  }

  private static Set<String> documented(String readme) {
    return DOCUMENTED
        .matcher(readme)
        .results()
        .flatMap(row -> Stream.of(row.group(1).split(", ")))
        .map(name -> name.replace("`", ""))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static Map<String, Object> file() throws IOException {
    Map<String, Object> file = new Yaml().load(Files.readString(FOLDER.resolve("compose.yaml")));
    // An anchor is one object wherever it is used: a planted violation must not spread.
    Map<String, Object> services = new LinkedHashMap<>();
    containers(file)
        .forEach(
            (name, container) -> {
              Map<String, Object> copy = new LinkedHashMap<>(container);
              copy.computeIfPresent(
                  "environment", (_, variables) -> new LinkedHashMap<>(asMap(variables)));
              services.put(name, copy);
            });
    file.put("services", services);
    return file;
  }

  private static Map<String, Map<String, Object>> containers(Map<String, Object> file) {
    Map<String, Map<String, Object>> containers = new LinkedHashMap<>();
    child(file, "services").forEach((name, container) -> containers.put(name, asMap(container)));
    return containers;
  }

  private static Map<String, Object> container(Map<String, Object> file, String name) {
    return asMap(child(file, "services").get(name));
  }

  private static Map<String, Object> child(Map<String, Object> parent, String name) {
    return parent.containsKey(name) ? asMap(parent.get(name)) : Map.of();
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> asMap(Object value) {
    return (Map<String, Object>) value;
  }

  private static List<Object> list(Map<String, Object> parent, String name) {
    return parent.get(name) instanceof List<?> list ? new ArrayList<>(list) : List.of();
  }

  private static String text(Map<String, Object> parent, String name) {
    return String.valueOf(parent.get(name));
  }
}
