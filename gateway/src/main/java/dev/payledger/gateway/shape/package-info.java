/// What a request body may look like, checked before anything else happens to it. Read `BodyShape`
/// first. Knows nothing of HTTP.
@NullMarked
package dev.payledger.gateway.shape;

import org.jspecify.annotations.NullMarked;
