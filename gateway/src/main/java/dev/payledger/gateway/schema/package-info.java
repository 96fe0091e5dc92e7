/// What a request body may look like, checked before anything else happens to it. Read `BodySchema`
/// first. Knows nothing of HTTP.
@NullMarked
package dev.payledger.gateway.schema;

import org.jspecify.annotations.NullMarked;
