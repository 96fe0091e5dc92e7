/// The route table and the two ends of a request: the check of its outer shape, and the hand-over to
/// the service behind. Read `Routes` first, then `RouteController`.
@NullMarked
package dev.payledger.gateway.routes;

import org.jspecify.annotations.NullMarked;
