package dev.payledger.demo;

import dev.payledger.demo.journey.Refusal;
import dev.payledger.demo.running.Leftovers;
import dev.payledger.demo.running.Preflight;
import dev.payledger.demo.running.StackFolders;
import dev.payledger.stack.ComposeStack;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/// The main class behind `./demo`. The script builds and finds the JDK; everything else is here.
/// System property `payledger.repository` names the checkout.
public final class Demo {
  private Demo() {}

  public static void main(String[] arguments) {
    System.setOut(new PrintStream(System.out, true, StandardCharsets.UTF_8));
    int status;
    try {
      status = run(Arrays.asList(arguments));
    } catch (Refusal e) {
      System.err.println(e.getMessage());
      status = 1;
    } catch (IOException e) {
      System.err.println(
          "That did not work: " + e.getMessage() + ". ./demo doctor looks for the reason.");
      status = 1;
    }
    // Threads of libraries may be left.
    System.exit(status);
  }

  private static int run(List<String> words) throws IOException, Refusal {
    StackFolders folders =
        StackFolders.of(Path.of(System.getProperty("payledger.repository", ".")).toAbsolutePath());
    Commands commands = new Commands(folders);
    String command = words.isEmpty() ? "" : words.getFirst();
    List<String> rest = words.isEmpty() ? words : words.subList(1, words.size());
    return switch (command) {
      case "", "stay" -> {
        new Launch(folders).stay(command.isEmpty());
        yield 0;
      }
      case "--check" -> check(folders, rest);
      case "up" -> up(folders, rest);
      case "status" -> commands.status();
      case "token" -> commands.token(one(rest, "token <client>"));
      case "transfer" -> commands.transfer(rest);
      case "kill" -> kill(commands, rest);
      case "faults" -> commands.faults(rest);
      case "verify" -> commands.verify();
      case "logs" -> logs(commands, rest);
      case "secrets" -> commands.secrets(one(rest, "secrets <service>"));
      case "doctor" -> Doctor.run(folders);
      case "down" -> commands.down();
      case "help", "-h", "--help" -> {
        System.out.print(Words.help());
        yield 0;
      }
      default -> throw new Refusal("There is no command " + command + ".\n\n" + Words.help());
    };
  }

  private static int kill(Commands commands, List<String> rest) throws IOException, Refusal {
    if (rest.size() == 3 && rest.get(1).equals("--at")) {
      return commands.killAt(rest.getFirst(), rest.getLast());
    }
    return commands.kill(one(rest, "kill <service> [--at <failpoint>[:<position>]]"));
  }

  private static int logs(Commands commands, List<String> rest) throws IOException, Refusal {
    if (rest.size() == 2 && rest.getFirst().equals("--trace")) {
      return commands.trace(rest.getLast());
    }
    return commands.logs(rest.stream().findFirst());
  }

  private static int up(StackFolders folders, List<String> options) throws IOException, Refusal {
    refuseUnknown("up", options, List.of("--detach", "--fresh", "--docker"));
    boolean detach = options.contains("--detach");
    boolean fresh = options.contains("--fresh");
    if (options.contains("--docker")) {
      new ContainerLaunch(folders, ComposeStack.PROJECT).up(detach, fresh);
      return 0;
    }
    if (fresh) {
      Preflight.refuseIfUp(folders);
      Leftovers.stop(folders);
      folders.wipe();
    }
    if (detach) {
      return Detached.up(folders);
    }
    new Launch(folders).stay(true);
    return 0;
  }

  private static int check(StackFolders folders, List<String> options) throws IOException, Refusal {
    refuseUnknown("--check", options, List.of("--docker"));
    Preflight.refuseIfUp(folders);
    Preflight.refuseIfUp(folders.forCheck());
    Leftovers.stop(folders);
    boolean passed =
        options.isEmpty()
            ? new Launch(folders.forCheck()).check()
            : new ContainerLaunch(folders, ComposeStack.PROJECT + "-check").check();
    return passed ? 0 : 1;
  }

  private static void refuseUnknown(String command, List<String> options, List<String> known)
      throws Refusal {
    for (String option : options) {
      if (!known.contains(option)) {
        throw new Refusal(
            command + " knows " + String.join(", ", known) + ", and not " + option + ".");
      }
    }
  }

  private static String one(List<String> rest, String usage) throws Refusal {
    if (rest.size() != 1) {
      throw new Refusal("Usage: ./demo " + usage);
    }
    return rest.getFirst();
  }
}
