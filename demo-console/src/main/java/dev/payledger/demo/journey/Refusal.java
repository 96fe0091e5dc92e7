package dev.payledger.demo.journey;

/// An expected "no" for the person at the keyboard: what is the matter and what to do, in a
/// sentence.
public final class Refusal extends Exception {
  private static final long serialVersionUID = 1L;

  public Refusal(String sentence) {
    super(sentence);
  }
}
