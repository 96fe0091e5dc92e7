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

/// A proxy between a client and a server on this machine. It cuts the connection at a word of the
/// client, so that a test decides which requests reach the server before the client loses it.
public final class TcpProxy implements AutoCloseable {
  private static final Duration UNTIL_HEALED = Duration.ofDays(1);

  private final ServerSocket listener;
  private final int serverPort;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final Set<Socket> abandoned = ConcurrentHashMap.newKeySet();
  private final Queue<Cut> cuts = new ConcurrentLinkedQueue<>();
  private final CountDownLatch end = new CountDownLatch(1);
  private volatile boolean closed;
  // Open while bytes pass; a closed one holds them for the delay.
  private volatile CountDownLatch gate = new CountDownLatch(0);
  private volatile Duration delay = UNTIL_HEALED;

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

  /// The next time that the client sends the word, the server receives and answers it, and the
  /// answer is lost together with the connection.
  public void cutAfter(String word) {
    cuts.add(new Cut(word, Kind.AFTER));
  }

  /// The next time that the client sends the word, the connection is lost before the server
  /// receives it.
  public void cutBefore(String word) {
    cuts.add(new Cut(word, Kind.BEFORE));
  }

  /// The next time that the client sends the word, the server receives it, answers, and receives
  /// nothing more until it closes the connection: as from a client that was stopped in the middle.
  public void stallAfter(String word) {
    cuts.add(new Cut(word, Kind.STALL));
  }

  /// From now on nothing passes in either direction, without an error: connections stay open and
  /// new ones are accepted.
  public void blackHole() {
    delay = UNTIL_HEALED;
    gate = new CountDownLatch(1);
  }

  /// From now on what is sent arrives so much later, in either direction, until `heal`.
  public void slowBy(Duration each) {
    delay = each;
    gate = new CountDownLatch(1);
  }

  /// Connections that are open now carry nothing any more, without an error; new ones work: as
  /// after a server lost its power and came back.
  public void abandon() {
    abandoned.addAll(open);
  }

  /// Bytes that were sent meanwhile arrive late, as TCP sends again what was lost, also from a side
  /// that has closed the connection since.
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
        Connection connection = new Connection(client, server);
        Thread.ofVirtual().start(connection::toServer);
        Thread.ofVirtual().start(connection::toClient);
      } catch (IOException e) {
        // Closed, or the server is not there: the client sees its connection end.
      }
    }
  }

  private final class Connection {
    private final Socket client;
    private final Socket server;
    private final CountDownLatch hungUp = new CountDownLatch(1);
    private volatile boolean losesAnswers;

    Connection(Socket client, Socket server) {
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
