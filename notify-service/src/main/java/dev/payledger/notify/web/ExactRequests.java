package dev.payledger.notify.web;

import java.beans.PropertyEditorSupport;
import java.util.UUID;
import org.springframework.web.bind.WebDataBinder;
import org.springframework.web.bind.annotation.ControllerAdvice;
import org.springframework.web.bind.annotation.InitBinder;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/// How requests are read: in time, and each id in one spelling.
@ControllerAdvice
final class ExactRequests implements WebMvcConfigurer {
  /// An editor and not a converter: Spring falls back to its own, lenient editor when a converter
  /// refuses. `UUID.fromString` also takes `1-1-1-1-1`.
  @InitBinder
  void exactIds(WebDataBinder binder) {
    binder.registerCustomEditor(
        UUID.class,
        new PropertyEditorSupport() {
          @Override
          public void setAsText(String text) {
            UUID id = UUID.fromString(text);
            if (!id.toString().equalsIgnoreCase(text)) {
              throw new IllegalArgumentException("not a UUID in its 36 characters");
            }
            setValue(id);
          }
        });
  }

  @Override
  public void addInterceptors(InterceptorRegistry registry) {
    registry.addInterceptor(new RequestTimeout());
  }
}
