/// The only way in for callers: who are you, how often, have we seen this request. Read `GatewayFilterChain` first: it
/// lists the steps that every request takes, in order; then `routes.Routes`, the route table.
@NullMarked
package dev.payledger.gateway;

import org.jspecify.annotations.NullMarked;
