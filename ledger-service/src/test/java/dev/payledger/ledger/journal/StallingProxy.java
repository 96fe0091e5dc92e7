package dev.payledger.ledger.journal;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;

/// A line to a server that goes dead in one direction when a test says so: what the client sends
/// after the named text stays on the way until the server has hung up. It is what a server sees of a
/// client that was stopped in the middle of a transaction.
final class StallingProxy implements AutoCloseable {
  private final ServerSocket listening;
  private final int serverPort;
  private final AtomicReference<String> stallAfter = new AtomicReference<>("");
  private volatile int stalls;

  StallingProxy(int serverPort) {
    try {
      this.listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    this.serverPort = serverPort;
    Thread.ofVirtual().start(this::accept);
  }

  int port() {
    return listening.getLocalPort();
  }

  /// Once, on the connection that carries this text first.
  void stallOnceAfter(String text) {
    stallAfter.set(text);
  }

  int stalls() {
    return stalls;
  }

  @Override
  public void close() throws IOException {
    listening.close();
  }

  private void accept() {
    try {
      while (true) {
        Socket client = listening.accept();
        Socket server = new Socket(InetAddress.getLoopbackAddress(), serverPort);
        CountDownLatch hungUp = new CountDownLatch(1);
        Thread.ofVirtual().start(() -> toServer(client, server, hungUp));
        Thread.ofVirtual().start(() -> toClient(server, client, hungUp));
      }
    } catch (IOException e) {
      // Closed.
    }
  }

  private void toServer(Socket client, Socket server, CountDownLatch hungUp) {
    byte[] buffer = new byte[64 * 1024];
    try (server) {
      InputStream in = client.getInputStream();
      OutputStream out = server.getOutputStream();
      for (int length = in.read(buffer); length >= 0; length = in.read(buffer)) {
        out.write(buffer, 0, length);
        String text = stallAfter.get();
        if (!text.isEmpty()
            && new String(buffer, 0, length, StandardCharsets.ISO_8859_1).contains(text)
            && stallAfter.compareAndSet(text, "")) {
          stalls++;
          hungUp.await();
        }
      }
    } catch (IOException e) {
      // One of the two has gone.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void toClient(Socket server, Socket client, CountDownLatch hungUp) {
    try (client) {
      server.getInputStream().transferTo(client.getOutputStream());
    } catch (IOException e) {
      // One of the two has gone.
    } finally {
      hungUp.countDown();
    }
  }
}
