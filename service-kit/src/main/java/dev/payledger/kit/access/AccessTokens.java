package dev.payledger.kit.access;

import com.nimbusds.jose.JWSObject;
import com.nimbusds.jose.jwk.source.JWKSource;
import com.nimbusds.jose.proc.SecurityContext;
import java.text.ParseException;
import java.time.Clock;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.security.oauth2.core.DelegatingOAuth2TokenValidator;
import org.springframework.security.oauth2.core.OAuth2Error;
import org.springframework.security.oauth2.core.OAuth2ErrorCodes;
import org.springframework.security.oauth2.core.OAuth2TokenValidator;
import org.springframework.security.oauth2.core.OAuth2TokenValidatorResult;
import org.springframework.security.oauth2.jose.jws.SignatureAlgorithm;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.oauth2.jwt.JwtClaimNames;
import org.springframework.security.oauth2.jwt.JwtClaimValidator;
import org.springframework.security.oauth2.jwt.JwtDecoder;
import org.springframework.security.oauth2.jwt.JwtIssuerValidator;
import org.springframework.security.oauth2.jwt.JwtTimestampValidator;
import org.springframework.security.oauth2.jwt.NimbusJwtDecoder;

/// Validates access tokens by RFC 9068 and RFC 8725: RS256 only, the type `at+jwt`, one issuer, this
/// service's audience, the time, and the types of the claims.
public final class AccessTokens {
  /// How much an issuer's clock may differ.
  private static final Duration CLOCK_SKEW = Duration.ofSeconds(10);

  private static final List<String> TYPES = List.of("at+jwt", "application/at+jwt");
  private static final List<String> NAMES = List.of(JwtClaimNames.SUB, "client_id", "jti");
  private static final int NAME_CHARACTERS_MAX = 255;
  private static final List<String> TIMES =
      List.of(JwtClaimNames.EXP, JwtClaimNames.IAT, JwtClaimNames.NBF);
  private static final double YEAR_10000 = 253_402_300_800.0;

  private AccessTokens() {}

  /// @param issuer the only issuer whose tokens are accepted
  /// @param audience the service's own name in `aud`
  /// @param clock checks the token's times
  public static JwtDecoder decoder(
      JWKSource<SecurityContext> keys, String issuer, String audience, Clock clock) {
    NimbusJwtDecoder decoder =
        NimbusJwtDecoder.withJwkSource(keys).jwsAlgorithm(SignatureAlgorithm.RS256).build();
    JwtTimestampValidator times = new JwtTimestampValidator(CLOCK_SKEW);
    times.setClock(clock);
    times.setAllowEmptyExpiryClaim(false);
    OAuth2TokenValidator<Jwt> claims =
        token ->
            isAccessToken(token) && hasRightClaims(token)
                ? OAuth2TokenValidatorResult.success()
                : OAuth2TokenValidatorResult.failure(
                    new OAuth2Error(OAuth2ErrorCodes.INVALID_TOKEN));
    decoder.setJwtValidator(
        new DelegatingOAuth2TokenValidator<>(
            claims,
            times,
            new JwtIssuerValidator(issuer),
            new JwtClaimValidator<List<String>>(
                JwtClaimNames.AUD, named -> named != null && named.contains(audience))));
    return decoder;
  }

  private static boolean isAccessToken(Jwt token) {
    return token.getHeaders().get("typ") instanceof String type
        && TYPES.contains(type.toLowerCase(Locale.ROOT));
  }

  /// Checks the claims as they were sent: the library converts a time beyond any calendar, and a scope
  /// that is not a list of words, into something else.
  private static boolean hasRightClaims(Jwt token) {
    Map<String, Object> sent;
    try {
      sent = JWSObject.parse(token.getTokenValue()).getPayload().toJSONObject();
    } catch (ParseException e) {
      return false;
    }
    return sent != null
        && NAMES.stream().allMatch(name -> isName(sent.get(name)))
        && sent.get(JwtClaimNames.IAT) != null
        && TIMES.stream().allMatch(name -> sent.get(name) == null || isTime(sent.get(name)))
        // The library reads scopes from either.
        && isWords(sent.get("scope"))
        && isWords(sent.get("scp"));
  }

  /// Names are stored and logged: PostgreSQL must be able to hold them, and they must not forge log lines.
  private static boolean isName(@Nullable Object claim) {
    return claim instanceof String name
        && !name.isBlank()
        && name.length() <= NAME_CHARACTERS_MAX
        && name.codePoints()
            .noneMatch(
                c -> Character.isISOControl(c) || Character.getType(c) == Character.SURROGATE);
  }

  private static boolean isTime(@Nullable Object claim) {
    return claim instanceof Number seconds
        && seconds.doubleValue() >= 0
        && seconds.doubleValue() < YEAR_10000;
  }

  private static boolean isWords(@Nullable Object claim) {
    return claim == null
        || claim instanceof String
        || (claim instanceof Collection<?> words
            && words.stream().allMatch(String.class::isInstance));
  }
}
