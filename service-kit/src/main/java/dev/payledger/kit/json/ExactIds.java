package dev.payledger.kit.json;

import java.beans.PropertyEditorSupport;
import java.util.UUID;
import org.springframework.web.bind.WebDataBinder;
import org.springframework.web.bind.annotation.ControllerAdvice;
import org.springframework.web.bind.annotation.InitBinder;

/// The same spelling for ids in paths. An editor and not a converter: Spring falls back to its own,
/// lenient editor when a converter refuses.
@ControllerAdvice
public final class ExactIds {
  @InitBinder
  void exactIds(WebDataBinder binder) {
    binder.registerCustomEditor(
        UUID.class,
        new PropertyEditorSupport() {
          @Override
          public void setAsText(String text) {
            setValue(ExactUuid.of(text));
          }
        });
  }
}
