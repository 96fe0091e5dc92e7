package dev.payledger.gateway.limits;

/// Token buckets, one per holder, wherever they are counted. A bucket that nobody has drawn from is
/// full.
interface TokenBuckets {
  /// Takes all of the tokens or none.
  ///
  /// @param tokens at least 1 and at most the budget's burst
  BucketResult take(BucketKey bucketKey, int tokens);
}
