package dev.payledger.gateway.issuer;

import com.nimbusds.jose.jwk.RSAKey;
import java.time.Instant;

/// One key of the demo issuer, published from `createdAt` and signing from `signsFrom` until the next
/// generation does.
record SigningKey(int generation, RSAKey key, Instant createdAt, Instant signsFrom) {}
