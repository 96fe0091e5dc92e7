package dev.payledger.fraud.web;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import org.springframework.core.DefaultParameterNameDiscoverer;
import org.springframework.core.MethodParameter;
import org.springframework.core.ParameterNameDiscoverer;
import org.springframework.web.ErrorResponseException;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.HandlerInterceptor;

/// A query has the parameters of its route, each once, and numbers in decimal digits. What is not known is
/// refused: who misspells a filter would be shown everything.
final class DeclaredParameters implements HandlerInterceptor {
  private static final Pattern NUMBER = Pattern.compile("0|-?[1-9][0-9]*");
  private static final ParameterNameDiscoverer NAMES = new DefaultParameterNameDiscoverer();

  @Override
  public boolean preHandle(
      HttpServletRequest request, HttpServletResponse response, Object handler) {
    if (handler instanceof HandlerMethod method) {
      Map<String, Class<?>> declared = declared(method);
      request
          .getParameterMap()
          .forEach(
              (name, values) -> {
                Class<?> type = declared.get(name);
                if (type == null) {
                  throw refusal(excerpt(name) + " is no parameter of this route.");
                }
                if (values.length > 1) {
                  throw refusal(name + " is given more than once.");
                }
                if (isNumber(type) && !NUMBER.matcher(values[0]).matches()) {
                  throw refusal(name + " must be a number in decimal digits.");
                }
              });
    }
    return true;
  }

  private static Map<String, Class<?>> declared(HandlerMethod method) {
    Map<String, Class<?>> declared = new HashMap<>();
    for (MethodParameter parameter : method.getMethodParameters()) {
      RequestParam annotation = parameter.getParameterAnnotation(RequestParam.class);
      if (annotation != null) {
        parameter.initParameterNameDiscovery(NAMES);
        String name =
            annotation.name().isEmpty()
                ? Objects.requireNonNull(parameter.getParameterName())
                : annotation.name();
        declared.put(name, parameter.getParameterType());
      }
    }
    return declared;
  }

  private static boolean isNumber(Class<?> type) {
    return type == int.class || type == long.class || type == Integer.class || type == Long.class;
  }

  /// Of what a caller made up.
  private static String excerpt(String name) {
    String printable = name.replaceAll("[^ -~]", "?");
    return printable.length() > 40 ? printable.substring(0, 40) + "…" : printable;
  }

  private static ErrorResponseException refusal(String detail) {
    return Problems.invalidRequest(detail);
  }
}
