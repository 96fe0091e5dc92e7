package dev.payledger.demo.running;

import dev.payledger.demo.journey.GatewayClient;
import dev.payledger.demo.journey.Refusal;
import dev.payledger.failpoints.CrashPoint;
import dev.payledger.stack.ComposeStack;
import dev.payledger.stack.ComposeStack.Container;
import dev.payledger.stack.Service;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The containers of the compose stack, whether `./demo up --docker` or `docker compose up` made
/// them.
final class ContainerStack implements RunningStack {
  private static final Duration BACK_BOUND = Duration.ofSeconds(90);
  private static final Pattern HTTP =
      Pattern.compile("HTTP/\\S+ (\\d{3}).*?\r\n\r\n(.*)", Pattern.DOTALL);

  private final ComposeStack stack;

  ContainerStack(StackFolders folders) {
    this.stack =
        new ComposeStack(folders.repository(), ComposeStack.PROJECT, StackFolders.gatewayPort());
  }

  /// False, too, without a container engine.
  boolean isThere() throws IOException {
    return ComposeStack.unavailableReason().isEmpty() && !stack.containers().isEmpty();
  }

  @Override
  public boolean status() throws IOException {
    Map<String, String> memory = stack.memory();
    boolean healthy = true;
    for (Container container : stack.containers()) {
      healthy &= container.isHealthy();
      System.out.printf(
          "%-15s %-10s %-12s %s%n",
          container.service(),
          container.isHealthy() ? "UP" : container.state() + " " + container.health(),
          container.id(),
          memory.getOrDefault(container.id(), "-"));
    }
    System.out.println("Published: " + stack.gateway());
    return healthy;
  }

  @Override
  public URI gateway() {
    return stack.gateway();
  }

  @Override
  public void kill(Service service) throws IOException {
    long began = System.nanoTime();
    System.out.println("kill -9 of everything in the container of " + service.title());
    stack.kill(service.title());
    System.out.println("its restart policy has started it again");
    stack.awaitHealthy(BACK_BOUND);
    System.out.printf(
        "%s is back and everything healthy after %.1f s%n",
        service.title(), (System.nanoTime() - began) / 1e9);
  }

  @Override
  public void killAt(Service service, CrashPoint point) throws Refusal {
    throw new Refusal(
        "Failpoints are not for containers: ./demo up without --docker starts processes.");
  }

  @Override
  public Managed manage(Service service, String method, String path) throws IOException {
    String answer = stack.manage(service.title(), method, path);
    Matcher parts = HTTP.matcher(answer);
    if (!parts.matches()) {
      throw new IOException(service.title() + " does not answer at its management port");
    }
    return new Managed(Integer.parseInt(parts.group(1)), parts.group(2));
  }

  @Override
  public String operatorSecret() {
    return GatewayClient.OPERATOR_SECRET;
  }

  @Override
  public Map<String, String> secrets(Service service) throws Refusal {
    throw new Refusal("The containers' secrets are the files in deploy/compose/secrets.");
  }

  @Override
  public void log(Service service) throws IOException {
    System.out.print(stack.log(service.title(), ProcessStack.LOG_LINES));
  }

  @Override
  public List<String> wholeLog(Service service) throws IOException {
    return stack.log(service.title(), Integer.MAX_VALUE).lines().toList();
  }

  @Override
  public void whereLogsAre() throws IOException {
    for (Container container : stack.containers()) {
      System.out.println("docker logs " + container.id() + "  # " + container.service());
    }
  }

  @Override
  public void down() throws IOException {
    stack.down();
    System.out.println("Stopped. The data stays; ./demo up --docker --fresh forgets it.");
  }
}
