package dev.payledger.gateway.routes;

import jakarta.servlet.http.HttpServletRequest;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// What a read costs its caller, in tokens, by what its query asks for. What is not as documented
/// costs the most there is: nobody pays less for a query that the service reads in another way
/// than we do.
enum QueryCost {
  ONE {
    @Override
    int of(HttpServletRequest request) {
      return 1;
    }
  },

  /// One token for each 50 items that the page may have; that many when nothing is said.
  PAGE {
    @Override
    int of(HttpServletRequest request) {
      String[] limits = said(request, "limit");
      if (limits.length == 0) {
        return 1;
      }
      if (limits.length > 1 || !PLAIN_NUMBER.matcher(limits[0]).matches()) {
        return PAGE_MAX;
      }
      return Math.min(PAGE_MAX, Math.ceilDiv(Integer.parseInt(limits[0]), ITEMS_PER_TOKEN));
    }
  },

  /// A scan of all the books, unless only the auditor's findings are asked for.
  CHECKS {
    @Override
    int of(HttpServletRequest request) {
      String[] modes = said(request, "mode");
      return modes.length == 1 && modes[0].equals("CONTINUOUS") ? 1 : FULL_CHECK;
    }
  };

  private static final Pattern PLAIN_NUMBER = Pattern.compile("[1-9][0-9]{0,2}");
  private static final int ITEMS_PER_TOKEN = 50;
  private static final int PAGE_MAX = 4;
  private static final int FULL_CHECK = 100;

  abstract int of(HttpServletRequest request);

  private static String[] said(HttpServletRequest request, String name) {
    String @Nullable [] values = request.getParameterValues(name);
    return values == null ? new String[0] : values;
  }
}
