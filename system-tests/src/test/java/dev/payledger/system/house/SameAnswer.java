package dev.payledger.system.house;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Whether an answer is the one that a page shows. The same status, the headers that are shown, the
/// same members and types at each depth, and the same values, but for what differs from machine to
/// machine, as docs/api.md says it:
///
/// - an id is another, but the same one wherever the page shows the same, and one that the commands
///   name is itself;
/// - any instant for an instant, any trace id for a trace id;
/// - any value of the same type for the members in `DIFFER`;
/// - `…` at the end of a list stands for any more items, at the end of a text for any more of it.
final class SameAnswer {
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final String MORE = "…";

  /// Cursors, tokens and keys; balances, versions, sequence numbers and counts.
  private static final Set<String> DIFFER =
      Set.of(
          "next",
          "resume",
          "access_token",
          "expires_in",
          "kid",
          "n",
          "balanceMinor",
          "availableMinor",
          "heldMinor",
          "balanceAfterMinor",
          "openingBalanceMinor",
          "closingBalanceMinor",
          "debitsPostedMinor",
          "creditsPostedMinor",
          "debitsPendingMinor",
          "creditsPendingMinor",
          "version",
          "sequence",
          "accounts",
          "counted");

  private static final Pattern ID = Pattern.compile("[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}");
  private static final Pattern INSTANT =
      Pattern.compile("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(?:\\.\\d+)?Z");
  private static final Pattern TRACE = Pattern.compile("\\b[0-9a-f]{32}\\b");

  private final Map<String, String> idsShown = new HashMap<>();
  private final Map<String, String> idsCame = new HashMap<>();

  /// @param commands what the page asks; an id in it is no placeholder
  SameAnswer(List<String> commands) {
    commands.forEach(
        command -> ID.matcher(command).results().forEach(id -> isSameId(id.group(), id.group())));
  }

  List<String> faults(String shown, DocumentedCalls.Call came) {
    List<String> faults = new ArrayList<>();
    List<String> lines = shown.lines().toList();
    if (!lines.getFirst().matches("HTTP/1\\.1 " + came.status())) {
      faults.add(lines.getFirst() + " is shown, " + came.status() + " came: " + came.body());
      return faults;
    }
    int end = lines.contains("") ? lines.indexOf("") : lines.size();
    for (String header : lines.subList(1, end)) {
      String name = header.substring(0, header.indexOf(':'));
      text(name, header.substring(name.length() + 1).strip(), came.header(name), faults);
    }
    String body = String.join("\n", lines.subList(Math.min(end + 1, lines.size()), lines.size()));
    try {
      if (body.startsWith("{")) {
        // Outside of a string the ellipsis is no JSON; inside it stays what it is.
        String readable = body.replaceAll(",\\s*…\\s*]", ",\"…\"]");
        compare("", JSON.readTree(readable), JSON.readTree(came.body()), faults);
      } else {
        // The lines of a CSV end as RFC 4180 has it.
        text("body", body, came.body().replace("\r\n", "\n").strip(), faults);
      }
    } catch (JacksonException e) {
      faults.add("no JSON: " + e.getMessage());
    }
    return faults;
  }

  private void compare(String place, JsonNode shown, JsonNode came, List<String> faults) {
    if (shown.getNodeType() != came.getNodeType()
        || shown.isIntegralNumber() != came.isIntegralNumber()) {
      faults.add(place + ": " + shown + " is shown, " + came + " came");
    } else if (DIFFER.contains(place.substring(place.lastIndexOf('.') + 1))) {
      return;
    } else if (shown.isObject()) {
      Set<String> names = new TreeSet<>(shown.propertyNames());
      if (!names.equals(new TreeSet<>(came.propertyNames()))) {
        faults.add(place + ": members " + names + " are shown, " + came + " came");
        return;
      }
      for (String name : names) {
        compare(place + "." + name, shown.get(name), came.get(name), faults);
      }
    } else if (shown.isArray()) {
      boolean isOpen = !shown.isEmpty() && shown.get(shown.size() - 1).asString("").equals(MORE);
      int items = isOpen ? shown.size() - 1 : shown.size();
      if (isOpen ? came.size() < items : came.size() != items) {
        faults.add(place + ": " + items + " items are shown, " + came.size() + " came: " + came);
        return;
      }
      for (int i = 0; i < items; i++) {
        compare(place + "[" + i + "]", shown.get(i), came.get(i), faults);
      }
    } else if (shown.isString()) {
      text(place, shown.stringValue(), came.stringValue(), faults);
    } else if (!shown.equals(came)) {
      faults.add(place + ": " + shown + " is shown, " + came + " came");
    }
  }

  private void text(String place, String shown, String came, List<String> faults) {
    List<String> idsHere = ids(shown);
    List<String> idsThere = ids(came);
    boolean areSame = shown.endsWith(MORE) || idsHere.size() == idsThere.size();
    for (int i = 0; areSame && i < Math.min(idsHere.size(), idsThere.size()); i++) {
      areSame = isSameId(idsHere.get(i), idsThere.get(i));
    }
    String frame = frame(shown);
    areSame &=
        frame.endsWith(MORE)
            ? frame(came).startsWith(frame.substring(0, frame.length() - 1))
            : frame(came).equals(frame);
    if (!areSame) {
      faults.add(place + ": " + shown + " is shown, " + came + " came");
    }
  }

  /// One id for one id, in both directions.
  private boolean isSameId(String shown, String came) {
    return idsShown.computeIfAbsent(shown, id -> came).equals(came)
        && idsCame.computeIfAbsent(came, id -> shown).equals(shown);
  }

  private static List<String> ids(String text) {
    return ID.matcher(text).results().map(MatchResult::group).toList();
  }

  private static String frame(String text) {
    String frame = ID.matcher(text).replaceAll("<id>");
    frame = INSTANT.matcher(frame).replaceAll("<instant>");
    return TRACE.matcher(frame).replaceAll("<trace>");
  }
}
