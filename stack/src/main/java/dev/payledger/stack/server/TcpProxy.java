package dev.payledger.stack.server;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// A wire between a client and a server on this machine that can be cut at a word, so that a test
/// chooses what the server has heard when the client hears no more.
public final class TcpProxy implements AutoCloseable {
  private static final Duration FOR_EVER = Duration.ofDays(1);

  private final ServerSocket listener;
  private final int serverPort;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final Set<Socket> abandoned = ConcurrentHashMap.newKeySet();
  private final Queue<Cut> cuts = new ConcurrentLinkedQueue<>();
  private final CountDownLatch end = new CountDownLatch(1);
  private volatile boolean closed;
  // Open while bytes may pass; a shut one holds them for the delay.
  private volatile CountDownLatch gate = new CountDownLatch(0);
  private volatile Duration delay = FOR_EVER;

  private record Cut(String word, Kind kind) {}

  private enum Kind {
    BEFORE,
    AFTER,
    STALL
  }

  private TcpProxy(int serverPort) throws IOException {
    this.serverPort = serverPort;
    this.listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    Thread.ofVirtual().name("tcp-proxy").start(this::accept);
  }

  public static TcpProxy to(int serverPort) {
    try {
      return new TcpProxy(serverPort);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public int port() {
    return listener.getLocalPort();
  }

  /// The next time that the client says the word, the server hears and answers it, and the answer is
  /// lost together with the connection.
  public void cutAfter(String word) {
    cuts.add(new Cut(word, Kind.AFTER));
  }

  /// The next time that the client says the word, the connection is lost before the server hears it.
  public void cutBefore(String word) {
    cuts.add(new Cut(word, Kind.BEFORE));
  }

  /// The next time that the client says the word, the server hears it, answers, and hears nothing
  /// more until it hangs up: what it sees of a client that was stopped in the middle.
  public void stallAfter(String word) {
    cuts.add(new Cut(word, Kind.STALL));
  }

  /// From now on nothing passes in either direction, and nobody is told: connections stay open and new
  /// ones are accepted.
  public void blackHole() {
    delay = FOR_EVER;
    gate = new CountDownLatch(1);
  }

  /// From now on what is sent arrives so much later, in either direction, until `heal`.
  public void slowBy(Duration each) {
    delay = each;
    gate = new CountDownLatch(1);
  }

  /// Connections that are open now carry nothing any more, and nobody is told; new ones work: what
  /// is left of a server that lost its power and came back.
  public void abandon() {
    abandoned.addAll(open);
  }

  /// What was sent meanwhile arrives late, as TCP sends again what was lost, also from a side that
  /// has hung up since.
  public void heal() {
    gate.countDown();
  }

  /// Whether every cut asked for has been made.
  public boolean hasCut() {
    return cuts.isEmpty();
  }

  @Override
  public void close() throws IOException {
    closed = true;
    end.countDown();
    listener.close();
    open.forEach(TcpProxy::closeQuietly);
  }

  private void accept() {
    while (!closed) {
      try {
        Socket client = listener.accept();
        Socket server = new Socket(InetAddress.getLoopbackAddress(), serverPort);
        open.add(client);
        open.add(server);
        Wire wire = new Wire(client, server);
        Thread.ofVirtual().start(wire::toServer);
        Thread.ofVirtual().start(wire::toClient);
      } catch (IOException e) {
        // Closed, or the server is not there: the client sees its connection end.
      }
    }
  }

  private final class Wire {
    private final Socket client;
    private final Socket server;
    private final CountDownLatch hungUp = new CountDownLatch(1);
    private volatile boolean losesAnswers;

    Wire(Socket client, Socket server) {
      this.client = client;
      this.server = server;
    }

    void toServer() {
      byte[] buffer = new byte[64 * 1024];
      try (client;
          server) {
        InputStream in = client.getInputStream();
        OutputStream out = server.getOutputStream();
        for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
          Cut cut = cuts.peek();
          boolean isCut =
              cut != null
                  && new String(buffer, 0, n, StandardCharsets.ISO_8859_1).contains(cut.word())
                  && cuts.remove(cut);
          if (isCut && cut.kind() == Kind.BEFORE) {
            return;
          }
          losesAnswers |= isCut && cut.kind() == Kind.AFTER;
          gate.await(delay.toNanos(), TimeUnit.NANOSECONDS);
          if (abandoned.contains(client)) {
            end.await();
          }
          out.write(buffer, 0, n);
          if (isCut && cut.kind() == Kind.STALL) {
            hungUp.await();
          }
        }
      } catch (IOException e) {
        // One side has gone; the other follows.
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    void toClient() {
      byte[] buffer = new byte[64 * 1024];
      try (client;
          server) {
        InputStream in = server.getInputStream();
        OutputStream out = client.getOutputStream();
        for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
          if (losesAnswers) {
            return;
          }
          gate.await(delay.toNanos(), TimeUnit.NANOSECONDS);
          if (abandoned.contains(client)) {
            end.await();
          }
          out.write(buffer, 0, n);
        }
      } catch (IOException e) {
        // One side has gone; the other follows.
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      } finally {
        hungUp.countDown();
      }
    }
  }

  private static void closeQuietly(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
