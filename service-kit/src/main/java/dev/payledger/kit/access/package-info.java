/// Checks access tokens: the rules of a token (`AccessTokens`, read first), the issuer's public keys
/// (`JwksCache`), and the filters that apply them (`ResourceServer`). A service constructs them with its
/// own issuer and audience, and decides which caller may do what. Uses `problem`.
@NullMarked
package dev.payledger.kit.access;

import org.jspecify.annotations.NullMarked;
