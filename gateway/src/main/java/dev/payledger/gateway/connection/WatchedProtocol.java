package dev.payledger.gateway.connection;

import java.io.IOException;
import java.time.Duration;
import java.util.Iterator;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.coyote.Adapter;
import org.apache.coyote.Processor;
import org.apache.coyote.http11.Http11NioProtocol;
import org.apache.coyote.http11.Http11Processor;
import org.apache.tomcat.util.net.AbstractEndpoint.Handler.SocketState;
import org.apache.tomcat.util.net.SocketWrapperBase;

/// The container's HTTP/1.1, which can be asked to close the connections of requests that are overdue.
/// Public, with a constructor without parameters, because the container makes it by name.
public final class WatchedProtocol extends Http11NioProtocol {
  // Those with a request that has begun: being read, worked for or answered.
  private final Map<SocketWrapperBase<?>, WatchedProcessor> begun = new ConcurrentHashMap<>();

  /// Closes each connection whose request began longer ago than this and is not all here. Who reads
  /// from it finds it closed.
  ///
  /// @return how many it closed
  int closeOverdue(Duration bound) {
    int closed = 0;
    Iterator<Map.Entry<SocketWrapperBase<?>, WatchedProcessor>> each = begun.entrySet().iterator();
    while (each.hasNext()) {
      Map.Entry<SocketWrapperBase<?>, WatchedProcessor> entry = each.next();
      if (entry.getKey().isClosed()) {
        // The peer went in the middle of a head; the processor may be another connection's by now.
        each.remove();
      } else if (entry.getValue().isOverdue(bound)) {
        entry.getKey().close();
        closed++;
      }
    }
    return closed;
  }

  @Override
  protected Processor createProcessor() {
    return new WatchedProcessor(getAdapter());
  }

  private final class WatchedProcessor extends Http11Processor {
    /// What the container says of a request that has not begun.
    private static final long NOT_BEGUN = -1;

    WatchedProcessor(Adapter adapter) {
      super(WatchedProtocol.this, adapter);
    }

    /// Called again for each part of a head that comes, and then for the whole request.
    @Override
    public SocketState service(SocketWrapperBase<?> connection) throws IOException {
      begun.put(connection, this);
      try {
        return super.service(connection);
      } finally {
        if (getRequest().getStartTimeNanos() == NOT_BEGUN) {
          begun.remove(connection);
        }
      }
    }

    /// Asked by another thread than the one that works for the connection, so it may be a pass late.
    boolean isOverdue(Duration bound) {
      long start = getRequest().getStartTimeNanos();
      return start != NOT_BEGUN
          && System.nanoTime() - start > bound.toNanos()
          // Also false as long as the head is not complete.
          && !isRequestBodyFullyRead();
    }
  }
}
