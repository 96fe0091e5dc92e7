/// How often: token buckets per caller and route class, in this process. Read `RateLimits` first.
@NullMarked
package dev.payledger.gateway.limits;

import org.jspecify.annotations.NullMarked;
