package dev.payledger.system.house;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The curl lines of a Markdown page, made by bash in the order of the page.
///
/// A block of commands is fenced as `sh`, or not named at all; the block named `http` behind it is
/// its answer: the status line, the headers that matter, an empty line, the body. A block without
/// an answer succeeds.
final class DocumentedCalls {
  private static final Pattern BLOCK =
      Pattern.compile("(?ms)^```(\\w*)\\n(.*?)^```\\n(?:```http\\n(.*?)^```\\n)?");

  /// Stands in front of the real one: keeps status, headers and body of each call in files, and
  /// shows the body as curl would.
  private static final String SCRIPT_HEAD =
      """
      set -euo pipefail
      curl() {
        local call
        call=$(printf '%s/%03d' "$OUT" "$(($(ls "$OUT" | grep -c meta || true) + 1))")
        command curl "$@" --silent --show-error --max-time 30 --no-include \\
          --dump-header "$call.headers" --output "$call.body" \\
          --write-out '%{method} %{url_effective} %{http_code}' >"$call.meta"
        printf ' %s' "$BLOCK" >>"$call.meta"
        cat "$call.body"
      }
      demo() {
        [ "$1" = token ] || { echo "the page may ask ./demo for tokens only" >&2; exit 1; }
        printenv "TOKEN_OF_$2"
      }
      """;

  /// One call as it was made, and the block that it is from.
  record Call(int block, String method, String path, int status, String headers, String body) {
    String header(String name) {
      Matcher line = Pattern.compile("(?im)^" + name + ": *(.*?)\\s*$").matcher(headers);
      return line.find() ? line.group(1) : "";
    }
  }

  /// Commands, and what the page says that they are answered.
  record Block(String commands, @Nullable String answer) {
    boolean isCalls() {
      return commands.contains("curl ");
    }
  }

  /// A page with its blocks of commands in order.
  record Page(String text, List<Block> blocks) {
    static Page of(String text) {
      List<Block> blocks =
          BLOCK
              .matcher(text)
              .results()
              .filter(block -> block.group(1).isEmpty() || block.group(1).equals("sh"))
              .map(block -> new Block(block.group(2), block.group(3)))
              // In a block without calls only variables and functions matter.
              .filter(block -> block.isCalls() || block.commands().contains("$(./demo token "))
              .toList();
      return new Page(text, blocks);
    }

    /// Where the calls were answered otherwise than the page says.
    List<String> faults(List<Call> calls) {
      List<String> faults = new ArrayList<>();
      SameAnswer same = new SameAnswer(blocks.stream().map(Block::commands).toList());
      for (int i = 0; i < blocks.size(); i++) {
        int number = i;
        Block block = blocks.get(i);
        List<Call> made = calls.stream().filter(call -> call.block() == number).toList();
        String answer = block.answer();
        if (answer == null) {
          made.stream()
              .filter(call -> call.status() >= 300)
              .forEach(call -> faults.add(block.commands() + "→ " + call));
          if (block.isCalls() && made.isEmpty()) {
            faults.add(block.commands() + "→ no call");
          }
        } else if (made.size() != 1) {
          faults.add(block.commands() + "→ " + made.size() + " calls for one answer");
        } else {
          same.faults(answer, made.getFirst())
              .forEach(fault -> faults.add(block.commands() + "→ " + fault));
        }
      }
      return faults;
    }

    /// The page with the JSON that came.
    String with(List<Call> calls) {
      String page = text;
      for (Call call : calls) {
        Block block = blocks.get(call.block());
        String answer = block.answer();
        if (answer != null && call.body().startsWith("{")) {
          StringBuilder came = new StringBuilder("HTTP/1.1 " + call.status() + "\n");
          answer
              .lines()
              .skip(1)
              .takeWhile(line -> !line.isEmpty())
              .map(line -> line.substring(0, line.indexOf(':')))
              .forEach(name -> came.append(name + ": " + call.header(name) + "\n"));
          page =
              page.replace(
                  block.commands() + "```\n```http\n" + answer,
                  block.commands() + "```\n```http\n" + came + "\n" + call.body() + "\n");
        }
      }
      return page;
    }
  }

  private DocumentedCalls() {}

  /// @param out a folder for what comes back
  /// @param token a token for a demo client
  static List<Call> make(Page page, String gateway, Path out, UnaryOperator<String> token)
      throws IOException {
    StringBuilder script = new StringBuilder(SCRIPT_HEAD);
    for (int i = 0; i < page.blocks().size(); i++) {
      script
          .append("BLOCK=" + i + "\n")
          .append(
              page.blocks()
                  .get(i)
                  .commands()
                  .replace("http://127.0.0.1:8080", gateway)
                  .replace("./demo ", "demo "));
    }
    empty(out);
    Path file = Files.writeString(out.resolve("page.sh"), script);
    Path log = out.resolve("page.log");
    ProcessBuilder bash =
        new ProcessBuilder("bash", file.toString())
            .redirectErrorStream(true)
            .redirectInput(new File("/dev/null"))
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
    bash.environment().put("OUT", out.toString());
    for (String client : List.of("alice", "bob", "carol", "operator")) {
      bash.environment().put("TOKEN_OF_" + client, token.apply(client));
    }
    Process running = bash.start();
    try {
      boolean ended = running.waitFor(2, TimeUnit.MINUTES);
      assertThat(ended && running.exitValue() == 0).as(Files.readString(log)).isTrue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    } finally {
      running.destroyForcibly();
    }
    List<Call> calls = new ArrayList<>();
    try (Stream<Path> files = Files.list(out)) {
      for (Path meta : files.filter(it -> it.toString().endsWith(".meta")).sorted().toList()) {
        calls.add(call(meta, gateway));
      }
    }
    return calls;
  }

  private static Call call(Path meta, String gateway) throws IOException {
    String[] said = Files.readString(meta).split(" ");
    String of = meta.toString().replaceAll("\\.meta$", "");
    return new Call(
        Integer.parseInt(said[3]),
        said[0],
        said[1].substring(gateway.length()).replaceAll("\\?.*", ""),
        Integer.parseInt(said[2]),
        Files.readString(Path.of(of + ".headers")),
        Files.readString(Path.of(of + ".body"), StandardCharsets.UTF_8));
  }

  private static void empty(Path folder) throws IOException {
    Files.createDirectories(folder);
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
  }
}
