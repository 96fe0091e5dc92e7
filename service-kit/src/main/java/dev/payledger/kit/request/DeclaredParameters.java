package dev.payledger.kit.request;

import dev.payledger.kit.problem.Excerpt;
import dev.payledger.kit.problem.ProblemException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.core.MethodParameter;
import org.springframework.util.ClassUtils;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ValueConstants;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.HandlerInterceptor;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/// Refuses query parameters that a controller method does not declare with `@RequestParam`: an ignored
/// filter shows more than was asked for. Numbers, ids and enum values have one spelling; Spring alone
/// would take `0x1` for 1.
public final class DeclaredParameters implements HandlerInterceptor, WebMvcConfigurer {
  /// As in JSON, with at most as many digits as any `long` can have.
  private static final Pattern WHOLE_NUMBER = Pattern.compile("0|-?[1-9][0-9]{0,17}");

  private static final Pattern ID =
      Pattern.compile("[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}");

  @Override
  public void addInterceptors(InterceptorRegistry registry) {
    registry.addInterceptor(this);
  }

  @Override
  public boolean preHandle(
      HttpServletRequest request, HttpServletResponse response, Object handler) {
    if (handler instanceof HandlerMethod method) {
      Map<String, String> given = QueryString.parameters(request.getQueryString());
      Map<String, MethodParameter> declared = declared(method);
      given.forEach((name, value) -> check(name, value, declared.get(name)));
      declared.forEach(
          (name, parameter) -> {
            if (isRequired(parameter) && !given.containsKey(name)) {
              throw ProblemException.invalidRequest("%s is missing.".formatted(name));
            }
          });
    }
    return true;
  }

  private static void check(String name, String value, @Nullable MethodParameter parameter) {
    if (parameter == null) {
      throw ProblemException.invalidRequest(
          "%s is no parameter of this route.".formatted(Excerpt.of(name)));
    }
    Class<?> type = ClassUtils.resolvePrimitiveIfNecessary(parameter.getParameterType());
    if ((type == Integer.class || type == Long.class) && !WHOLE_NUMBER.matcher(value).matches()) {
      throw ProblemException.invalidRequest(
          "%s must be a number in decimal digits.".formatted(name));
    }
    if (type == UUID.class && !ID.matcher(value).matches()) {
      throw ProblemException.invalidRequest(
          "%s must be a UUID in its 36 characters.".formatted(name));
    }
    if (type.isEnum() && !words(type).contains(value)) {
      throw ProblemException.invalidRequest("%s must be one of %s.".formatted(name, words(type)));
    }
  }

  private static List<String> words(Class<?> type) {
    return Arrays.stream(type.getEnumConstants()).map(each -> ((Enum<?>) each).name()).toList();
  }

  private static Map<String, MethodParameter> declared(HandlerMethod method) {
    Map<String, MethodParameter> declared = new LinkedHashMap<>();
    for (MethodParameter parameter : method.getMethodParameters()) {
      RequestParam annotation = parameter.getParameterAnnotation(RequestParam.class);
      if (annotation != null) {
        declared.put(
            annotation.name().isEmpty() ? parameter.getParameter().getName() : annotation.name(),
            parameter);
      }
    }
    return declared;
  }

  private static boolean isRequired(MethodParameter parameter) {
    RequestParam annotation = parameter.getParameterAnnotation(RequestParam.class);
    return annotation != null
        && annotation.required()
        && annotation.defaultValue().equals(ValueConstants.DEFAULT_NONE)
        && !parameter.isOptional();
  }
}
