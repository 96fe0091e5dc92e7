package dev.payledger.bench.load;

import org.HdrHistogram.Histogram;

/// One slice of load.
///
/// @param transfers completed in it
/// @param nanos what each step took; in open loop from when it was due, not from when it began
public record Sample(long transfers, double seconds, Histogram nanos) {
  public double perSecond() {
    return transfers / seconds;
  }
}
