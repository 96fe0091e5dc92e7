package dev.payledger.demo.running;

import dev.payledger.stack.Service;
import dev.payledger.stack.StackPorts;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// What this machine has to offer, and who has taken it. Reads Linux's /proc; elsewhere it knows
/// less and returns an empty result.
public final class Machine {
  public static final long MEMORY_NEEDED_BYTES = 2_500L * 1024 * 1024;
  private static final Pattern SPACES = Pattern.compile("\\s+");
  private static final Path CGROUP = Path.of("/sys/fs/cgroup");

  private Machine() {}

  /// A sentence for each port of the stack that is taken.
  public static List<String> takenPorts(StackPorts ports) {
    List<String> sentences = new ArrayList<>();
    for (Map.Entry<Integer, Service> port : ports.all().entrySet()) {
      if (!isFree(port.getKey())) {
        sentences.add(takenSentence(port.getKey(), port.getValue(), listener(port.getKey())));
      }
    }
    return sentences;
  }

  public static String takenSentence(int port, Service service, OptionalLong pid) {
    return "Port "
        + port
        + ", which "
        + service.title()
        + " needs, is taken"
        + (pid.isPresent()
            ? " by process " + pid.getAsLong() + command(pid.getAsLong())
            : " by another process")
        + ": stop that first.";
  }

  public static boolean isFree(int port) {
    try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
      return socket.isBound();
    } catch (IOException e) {
      return false;
    }
  }

  /// The process that listens on the port, if the system lets us see it.
  public static OptionalLong listener(int port) {
    for (String table : List.of("/proc/net/tcp", "/proc/net/tcp6")) {
      try (Stream<String> lines = Files.lines(Path.of(table))) {
        for (String inode : lines.flatMap(line -> inode(line, port).stream()).toList()) {
          OptionalLong pid = holderOf("socket:[" + inode + "]");
          if (pid.isPresent()) {
            return pid;
          }
        }
      } catch (IOException e) {
        return OptionalLong.empty();
      }
    }
    return OptionalLong.empty();
  }

  /// The socket number in a line of /proc/net/tcp for a listener on the port.
  static List<String> inode(String line, int port) {
    List<String> fields = SPACES.splitAsStream(line.strip()).toList();
    boolean listens =
        fields.size() > 9
            && fields.get(3).equals("0A")
            && fields.get(1).endsWith(":%04X".formatted(port));
    return listens ? List.of(fields.get(9)) : List.of();
  }

  private static OptionalLong holderOf(String socket) {
    return ProcessHandle.allProcesses()
        .mapToLong(ProcessHandle::pid)
        .filter(pid -> holds(pid, socket))
        .findFirst();
  }

  private static boolean holds(long pid, String socket) {
    try (DirectoryStream<Path> files =
        Files.newDirectoryStream(Path.of("/proc", Long.toString(pid), "fd"))) {
      for (Path file : files) {
        if (Files.isSymbolicLink(file) && Files.readSymbolicLink(file).toString().equals(socket)) {
          return true;
        }
      }
    } catch (IOException e) {
      // Another user's process, or one that has just ended: not one we can name.
      return false;
    }
    return false;
  }

  private static String command(long pid) {
    return ProcessHandle.of(pid)
        .flatMap(process -> process.info().command())
        .map(path -> " (" + Path.of(path).getFileName() + ")")
        .orElse("");
  }

  /// Memory that new processes can have, bounded by the container's limit where there is one.
  public static OptionalLong availableMemoryBytes() {
    try {
      long available =
          kilobytes(Files.readString(Path.of("/proc/meminfo")), "MemAvailable:") * 1024;
      Path max = CGROUP.resolve("memory.max");
      if (Files.exists(max) && !Files.readString(max).strip().equals("max")) {
        long limit = Long.parseLong(Files.readString(max).strip());
        long used = Long.parseLong(Files.readString(CGROUP.resolve("memory.current")).strip());
        available = Math.min(available, limit - used);
      }
      return OptionalLong.of(available);
    } catch (IOException e) {
      return OptionalLong.empty();
    }
  }

  /// Proportional set size of the launcher and the processes it started.
  public static OptionalLong totalPss(long launcherPid, Collection<ProcessHandle> processes) {
    long total = 0;
    for (ProcessHandle process : processes) {
      OptionalLong each = pssBytes(process);
      if (each.isEmpty()) {
        return OptionalLong.empty();
      }
      total += each.getAsLong();
    }
    OptionalLong own = pssBytesAlone(launcherPid);
    return own.isEmpty() ? own : OptionalLong.of(total + own.getAsLong());
  }

  /// Proportional set size of the process and its descendants: what is shared counts once in a sum.
  static OptionalLong pssBytes(ProcessHandle process) {
    OptionalLong own = pssBytesAlone(process.pid());
    if (own.isEmpty()) {
      return own;
    }
    // A descendant that ends in between has no memory any more.
    long descendants =
        process.descendants().mapToLong(each -> pssBytesAlone(each.pid()).orElse(0)).sum();
    return OptionalLong.of(own.getAsLong() + descendants);
  }

  /// Of the process alone, without descendants.
  static OptionalLong pssBytesAlone(long pid) {
    try {
      String rollup = Files.readString(Path.of("/proc", Long.toString(pid), "smaps_rollup"));
      return OptionalLong.of(kilobytes(rollup, "Pss:") * 1024);
    } catch (IOException e) {
      return OptionalLong.empty();
    }
  }

  /// The number after the name in a text of `Name:   123 kB` lines.
  static long kilobytes(String text, String name) throws IOException {
    for (String line : text.lines().toList()) {
      if (line.startsWith(name)) {
        return Long.parseLong(line.substring(name.length()).replace("kB", "").strip());
      }
    }
    throw new IOException(name + " is not told");
  }

  public static String megabytes(long bytes) {
    return "%,d MB".formatted(bytes / (1024 * 1024));
  }
}
