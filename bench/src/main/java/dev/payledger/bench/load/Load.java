package dev.payledger.bench.load;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;

/// Runs callers for a while, each on a virtual thread of its own, as the services do.
public final class Load {
  private Load() {}

  /// As fast as they can: each caller begins again when its step is over. Its rate is a throughput; its
  /// times leave out whoever would have come meanwhile.
  public static Sample closedLoop(List<Step> callers, Duration duration) throws Exception {
    return run(
        callers,
        (step, began, nanos) -> {
          long transfers = 0;
          long end = began + duration.toNanos();
          for (long now = System.nanoTime(); now < end; ) {
            int done = step.run();
            if (done == Step.END) {
              break;
            }
            long after = System.nanoTime();
            nanos.recordValue(after - now);
            transfers += done;
            now = after;
          }
          return transfers;
        });
  }

  /// Steps fall due at a steady rate, whoever is busy. One that waits for a free caller has been
  /// waiting since it was due, and its time says so: no coordinated omission.
  public static Sample openLoop(List<Step> callers, double perSecond, Duration duration)
      throws Exception {
    AtomicLong tickets = new AtomicLong();
    double gapNanos = 1e9 / perSecond;
    return run(
        callers,
        (step, began, nanos) -> {
          long transfers = 0;
          while (true) {
            long due = began + (long) (tickets.getAndIncrement() * gapNanos);
            if (due - began >= duration.toNanos()) {
              return transfers;
            }
            for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
              LockSupport.parkNanos(left);
            }
            int done = step.run();
            if (done == Step.END) {
              return transfers;
            }
            nanos.recordValue(Math.max(1, System.nanoTime() - due));
            transfers += done;
          }
        });
  }

  private interface Loop {
    long run(Step step, long began, Histogram nanos) throws Exception;
  }

  private static Sample run(List<Step> callers, Loop loop) throws Exception {
    CountDownLatch start = new CountDownLatch(1);
    AtomicLong began = new AtomicLong();
    List<Histogram> histograms = new ArrayList<>();
    List<Future<Long>> running = new ArrayList<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (Step step : callers) {
        Histogram nanos = new Histogram(3);
        histograms.add(nanos);
        running.add(
            threads.submit(
                () -> {
                  start.await();
                  return loop.run(step, began.get(), nanos);
                }));
      }
      began.set(System.nanoTime());
      start.countDown();
      long transfers = 0;
      for (Future<Long> caller : running) {
        transfers += result(caller);
      }
      double seconds = (System.nanoTime() - began.get()) / 1e9;
      Histogram all = new Histogram(3);
      histograms.forEach(all::add);
      return new Sample(transfers, seconds, all);
    }
  }

  private static long result(Future<Long> caller) throws Exception {
    try {
      return caller.get();
    } catch (ExecutionException e) {
      throw new IllegalStateException(
          "a caller failed, so nothing of this run counts", e.getCause());
    }
  }
}
