package dev.payledger.failpoints;

import com.sun.tools.attach.AgentInitializationException;
import com.sun.tools.attach.AgentLoadException;
import com.sun.tools.attach.AttachNotSupportedException;
import com.sun.tools.attach.VirtualMachine;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Path;

/// Attaches the agent to a running service of this user.
public final class Arming {
  private Arming() {}

  /// The next time that the process passes the point it meets the fault, once. Replaces what was
  /// armed there before.
  public static void arm(ProcessHandle process, CrashPoint point, Fault fault) throws IOException {
    try {
      VirtualMachine machine = VirtualMachine.attach(Long.toString(process.pid()));
      try {
        machine.loadAgent(jar().toString(), point + " " + fault);
      } finally {
        machine.detach();
      }
    } catch (AttachNotSupportedException | AgentLoadException | AgentInitializationException e) {
      throw new IOException(point + " cannot be armed in process " + process.pid(), e);
    }
  }

  /// The jar that this class is from: the JVM takes an agent from nothing else.
  private static Path jar() throws IOException {
    try {
      Path jar = Path.of(Arming.class.getProtectionDomain().getCodeSource().getLocation().toURI());
      if (!jar.toString().endsWith(".jar")) {
        throw new IOException("the agent is not packaged: " + jar + " is no jar");
      }
      return jar;
    } catch (URISyntaxException e) {
      throw new IOException(e);
    }
  }
}
