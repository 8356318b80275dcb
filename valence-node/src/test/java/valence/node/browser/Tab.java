package valence.node.browser;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import valence.node.lambda.Json;

/// A page, looked at and used as a person would.
public final class Tab {
  private static final int WAIT_MILLIS_MAX = 15_000;
  private static final Map<String, Integer> CODES = Map.of(
      "Enter",
      13,
      "Tab",
      9,
      "Escape",
      27,
      "Backspace",
      8,
      "ArrowDown",
      40,
      "ArrowUp",
      38,
      "ArrowLeft",
      37,
      "ArrowRight",
      39,
      "Home",
      36,
      "End",
      35);

  /// Keys that are held down with another.
  public static final int CONTROL = 2;

  public static final int SHIFT = 8;

  private final Chromium browser;
  private final String session;
  private final List<String> requested = new CopyOnWriteArrayList<>();
  private final List<String> complaints = new CopyOnWriteArrayList<>();

  Tab(Chromium browser, String session) {
    this.browser = browser;
    this.session = session;
    browser.listen(session, this::heard);
    for (String domain : List.of("Page", "Runtime", "Network", "Log", "Accessibility")) {
      call(domain + ".enable", Map.of());
    }
  }

  private Map<?, ?> call(String method, Map<String, ?> parameters) {
    return browser.call(session, method, parameters);
  }

  private void heard(String event, Map<?, ?> about) {
    switch (event) {
      case "Network.requestWillBeSent" ->
        requested.add(
            String.valueOf(((Map<?, ?>) Objects.requireNonNull(about.get("request"))).get("url")));
      case "Runtime.exceptionThrown", "Log.entryAdded" -> complaints.add(Json.print(about));
      case "Runtime.consoleAPICalled" -> {
        if ("error".equals(about.get("type"))) {
          complaints.add(Json.print(about.get("args")));
        }
      }
      default -> {
        // The rest is of no interest here.
      }
    }
  }

  /// Every address that the page asked for.
  public List<String> requested() {
    return List.copyOf(requested);
  }

  /// What the page or its security policy complained of, in JSON.
  public List<String> complaints() {
    return List.copyOf(complaints);
  }

  /// Goes to an address; a whole page, also when only what is behind the # differs.
  public void open(String address) {
    call("Page.navigate", Map.of("url", "about:blank"));
    call("Page.navigate", Map.of("url", address));
    await("document.readyState === 'complete' && location.href !== 'about:blank'");
    call(
        "Runtime.evaluate",
        Map.of(
            "expression",
            "document.addEventListener('securitypolicyviolation',"
                + " e => console.error('policy', e.violatedDirective, e.blockedURI))"));
  }

  /// The value of an expression, or of what it promises, as JSON has it.
  public @Nullable Object eval(String expression) {
    Map<?, ?> answer = call(
        "Runtime.evaluate",
        Map.of("expression", expression, "awaitPromise", true, "returnByValue", true));
    if (answer.get("exceptionDetails") != null) {
      throw new IllegalStateException(expression + ": " + answer.get("exceptionDetails"));
    }
    return ((Map<?, ?>) Objects.requireNonNull(answer.get("result"))).get("value");
  }

  /// Returns once the expression is true.
  public void await(String condition) {
    Object shown =
        eval("new Promise((done) => { const begun = performance.now(); const look = () => {"
            + " let found = false; try { found = " + condition + "; } catch { found = false; }"
            + " if (found) done(''); else if (performance.now() - begun > " + WAIT_MILLIS_MAX
            + ") done(document.title + '\\n' + document.body.innerText);"
            + " else setTimeout(look, 15); };"
            + " look(); })");
    if (!"".equals(shown)) {
      throw new AssertionError(
          "This never came true: " + condition + "\nThe page:\n" + shown + "\n" + complaints);
    }
  }

  /// Returns once the page shows the text.
  public void awaitText(String text) {
    await("document.body.innerText.includes(" + Json.print(text) + ")");
  }

  /// The text of the first element that matches.
  public String text(String selector) {
    return String.valueOf(
        eval("document.querySelector(" + Json.print(selector) + ")?.innerText ?? ''"));
  }

  /// Clicks the middle of the first element that matches.
  public void click(String selector) {
    await("document.querySelector(" + Json.print(selector) + ")");
    Object spot = eval("(() => { const e = document.querySelector(" + Json.print(selector) + ");"
        + " e.scrollIntoView({block: 'center'}); const b = e.getBoundingClientRect();"
        + " return [b.x + b.width / 2, b.y + b.height / 2]; })()");
    List<?> at = (List<?>) Objects.requireNonNull(spot);
    for (String type : List.of("mousePressed", "mouseReleased")) {
      call(
          "Input.dispatchMouseEvent",
          Map.of("type", type, "x", at.get(0), "y", at.get(1), "button", "left", "clickCount", 1));
    }
  }

  /// Presses a key, named as `KeyboardEvent.key` names it.
  public void press(String key, int modifiers) {
    Map<String, Object> event = new LinkedHashMap<>();
    boolean plain = key.length() == 1 && (modifiers & CONTROL) == 0;
    event.put("type", "keyDown");
    event.put("key", key);
    event.put("modifiers", modifiers);
    event.put("windowsVirtualKeyCode", code(key));
    if (plain) {
      event.put("text", key);
    } else if (key.equals("Enter")) {
      event.put("text", "\r");
    }
    call("Input.dispatchKeyEvent", event);
    event.remove("text");
    event.put("type", "keyUp");
    call("Input.dispatchKeyEvent", event);
  }

  private static int code(String key) {
    char c = key.charAt(0);
    // Of other signs the code is that of a key of another name.
    return key.length() == 1 && Character.isLetterOrDigit(c)
        ? Character.toUpperCase(c)
        : CODES.getOrDefault(key, 0);
  }

  public void press(String key) {
    press(key, 0);
  }

  /// Types a text, key by key.
  public void type(String text) {
    text.chars().forEach(c -> press(c == '\n' ? "Enter" : String.valueOf((char) c)));
  }

  /// Puts text in where the caret is, as pasting does.
  public void insert(String text) {
    call("Input.insertText", Map.of("text", text));
  }

  /// What the page asks for through the system: `prefers-color-scheme`.
  public void prefer(String scheme) {
    call(
        "Emulation.setEmulatedMedia",
        Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", scheme))));
  }

  public void size(int width, int height) {
    call(
        "Emulation.setDeviceMetricsOverride",
        Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", false));
  }

  /// What a screen reader is told, as `role name`, in the order of the page.
  public List<String> accessible() {
    List<String> told = new ArrayList<>();
    if (call("Accessibility.getFullAXTree", Map.of()).get("nodes") instanceof List<?> nodes) {
      for (Object node : nodes) {
        if (node instanceof Map<?, ?> map && !Boolean.TRUE.equals(map.get("ignored"))) {
          told.add(value(map.get("role")) + " " + value(map.get("name")));
        }
      }
    }
    return told;
  }

  private static String value(@Nullable Object property) {
    return property instanceof Map<?, ?> map && map.get("value") != null
        ? String.valueOf(map.get("value"))
        : "";
  }

  public void screenshot(Path file) throws IOException {
    Object bytes = call("Page.captureScreenshot", Map.of("format", "png")).get("data");
    Files.write(file, Base64.getDecoder().decode(String.valueOf(bytes)));
  }

  /// Begins anew: nothing was asked for, and a page at this address finds nothing stored.
  public void forget(String address) {
    open(address);
    eval("localStorage.clear(); sessionStorage.clear()");
    call("Page.navigate", Map.of("url", "about:blank"));
    prefer("light");
    requested.clear();
    complaints.clear();
  }
}
