package dev.payledger.kit.access;

import dev.payledger.kit.problem.CommonErrorCode;
import dev.payledger.kit.problem.Problem;
import dev.payledger.kit.problem.ProblemWriter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.security.authentication.AuthenticationServiceException;
import org.springframework.security.core.AuthenticationException;
import org.springframework.security.oauth2.core.OAuth2AuthenticationException;
import org.springframework.security.web.AuthenticationEntryPoint;
import org.springframework.security.web.access.AccessDeniedHandler;
import org.springframework.security.web.authentication.AuthenticationFailureHandler;

/// Answers requests without a valid token, or without the scope, with problems.
final class AccessProblems
    implements AuthenticationEntryPoint, AuthenticationFailureHandler, AccessDeniedHandler {
  private static final Logger LOG = LoggerFactory.getLogger(AccessProblems.class);

  @Override
  public void commence(
      HttpServletRequest request, HttpServletResponse response, AuthenticationException exception)
      throws IOException {
    // RFC 6750, section 3.1: an error code only when a token was there. Which check failed is not
    // told,
    // because that helps a forger only.
    response.setHeader(
        HttpHeaders.WWW_AUTHENTICATE,
        exception instanceof OAuth2AuthenticationException
            ? "Bearer error=\"invalid_token\""
            : "Bearer");
    ProblemWriter.write(
        request,
        response,
        Problem.of(
            CommonErrorCode.UNAUTHENTICATED,
            "A valid bearer token is needed. Get one at the issuer's token endpoint."));
  }

  @Override
  public void onAuthenticationFailure(
      HttpServletRequest request, HttpServletResponse response, AuthenticationException exception)
      throws IOException {
    if (exception instanceof AuthenticationServiceException) {
      // Nothing is known about the token: it is not the caller's fault.
      LOG.warn("The issuer's keys cannot be fetched: {}", exception.toString());
      ProblemWriter.write(
          request,
          response,
          Problem.of(
              CommonErrorCode.UNAVAILABLE,
              "The token cannot be checked right now. Repeat the same request."));
    } else {
      commence(request, response, exception);
    }
  }

  @Override
  public void handle(
      HttpServletRequest request, HttpServletResponse response, AccessDeniedException exception)
      throws IOException {
    ProblemWriter.write(
        request,
        response,
        Problem.of(
            CommonErrorCode.FORBIDDEN, "The token lacks the scope that this operation needs."));
  }
}
