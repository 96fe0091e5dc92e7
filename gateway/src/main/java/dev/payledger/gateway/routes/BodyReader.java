package dev.payledger.gateway.routes;

import dev.payledger.kit.problem.CommonErrorCode;
import dev.payledger.kit.problem.Problem;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.SocketTimeoutException;
import org.jspecify.annotations.Nullable;

/// Reads a whole body up to a bound, with a length or in chunks.
public final class BodyReader {

  private BodyReader() {}

  /// The body; null when it is too large or does not arrive in time, and the request is answered.
  public static byte @Nullable [] read(
      HttpServletRequest request, HttpServletResponse response, int bytesMax) throws IOException {
    byte[] body;
    try {
      body = request.getInputStream().readNBytes(bytesMax + 1);
    } catch (IOException e) {
      if (!(e.getCause() instanceof SocketTimeoutException)) {
        throw e;
      }
      response.setHeader("Connection", "close");
      Refusals.write(
          request,
          response,
          Problem.of(
              CommonErrorCode.REQUEST_TIMEOUT,
              "The body did not arrive in time. Nothing was done: send the request again, with the"
                  + " same key if it has one."));
      return null;
    }
    if (body.length > bytesMax) {
      Refusals.write(
          request,
          response,
          Problem.of(
              CommonErrorCode.PAYLOAD_TOO_LARGE, RequestValidationFilter.tooLarge(bytesMax)));
      return null;
    }
    return body;
  }
}
