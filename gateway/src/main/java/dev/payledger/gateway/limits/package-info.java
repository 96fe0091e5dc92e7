/// How often: token buckets per caller and route class, counted in this process, in Redis, or in
/// tokens leased from Redis. Read `RateLimits` first, then `TokenBuckets` and its three
/// implementations; `limit.lua` is the bucket that a fleet shares. docs/rate-limits.md has the bounds.
@NullMarked
package dev.payledger.gateway.limits;

import org.jspecify.annotations.NullMarked;
