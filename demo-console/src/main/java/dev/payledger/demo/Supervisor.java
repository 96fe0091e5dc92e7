package dev.payledger.demo;

import dev.payledger.stack.LocalStack;
import dev.payledger.stack.Service;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/// Starts a process again that died. A process that dies again and again stays down.
final class Supervisor {
  private static final int DEATHS_MAX = 5;
  private static final Duration WINDOW = Duration.ofMinutes(1);

  private final LocalStack stack;
  private final Consumer<String> out;
  private final Map<Service, Deque<Long>> deaths = new EnumMap<>(Service.class);
  // Two processes may die concurrently, each reported on a thread of its own.
  private final ReentrantLock lock = new ReentrantLock();

  Supervisor(LocalStack stack, Consumer<String> out) {
    this.stack = stack;
    this.out = out;
  }

  void restart(Service service) {
    if (isHopeless(service)) {
      out.accept(
          service.title()
              + " died "
              + DEATHS_MAX
              + " times within a minute and stays down; its log is "
              + stack.log(service));
      return;
    }
    long began = System.nanoTime();
    out.accept(service.title() + " died; starting it again");
    try {
      stack.start(service);
      stack.awaitReady(service);
      out.accept(
          "%s is ready again after %.1f s"
              .formatted(service.title(), (System.nanoTime() - began) / 1e9));
    } catch (IOException | IllegalStateException e) {
      out.accept(service.title() + " did not come back: " + e.getMessage());
    }
  }

  private boolean isHopeless(Service service) {
    lock.lock();
    try {
      Deque<Long> recent = deaths.computeIfAbsent(service, _ -> new ArrayDeque<>());
      long now = System.nanoTime();
      recent.addLast(now);
      while (now - recent.getFirst() > WINDOW.toNanos()) {
        recent.removeFirst();
      }
      return recent.size() >= DEATHS_MAX;
    } finally {
      lock.unlock();
    }
  }
}
