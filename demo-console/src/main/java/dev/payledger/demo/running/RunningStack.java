package dev.payledger.demo.running;

import dev.payledger.demo.journey.Refusal;
import dev.payledger.failpoints.CrashPoint;
import dev.payledger.stack.Service;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.Map;

/// A stack as the commands see it: a launcher runs its processes (`ProcessStack`), or an
/// engine its containers (`ContainerStack`).
public interface RunningStack {
  /// Prints a line for each part; true when all of them are well.
  boolean status() throws IOException;

  URI gateway() throws IOException, Refusal;

  /// Of the demo's client `operator`.
  String operatorSecret() throws IOException;

  /// `kill -9` of a service, and a wait until it has come back by itself.
  void kill(Service service) throws IOException, Refusal;

  /// Makes the service end as by `kill -9` the next time that it passes the point.
  void killAt(Service service, CrashPoint point) throws IOException, Refusal;

  /// Calls one of our services at its management port, which only the stack itself reaches.
  Managed manage(Service service, String method, String path) throws IOException, Refusal;

  /// What the service is given, by variable.
  Map<String, String> secrets(Service service) throws IOException, Refusal;

  /// Prints the end of a service's log.
  void log(Service service) throws IOException, Refusal;

  /// All lines of a service's log.
  List<String> wholeLog(Service service) throws IOException;

  /// Prints how each log is read.
  void whereLogsAre() throws IOException;

  /// Stops everything and keeps the data.
  void down() throws IOException;

  /// The stack that is up, or was left behind; the launcher's when there is none.
  static RunningStack find(StackFolders folders) throws IOException {
    if (StackState.read(folders.state()).isEmpty()) {
      ContainerStack containers = new ContainerStack(folders);
      if (containers.isThere()) {
        return containers;
      }
    }
    return new ProcessStack(folders);
  }
}
