package codebase;

import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import valence.api.Anomaly;
import valence.api.AnomalyException;
import valence.api.Db;
import valence.ion.HttpRequest;
import valence.ion.HttpResponse;

/// The questions over HTTP, of the repository that the path begins with.
///
///     GET /tea                                   how many commits, authors, files, changes
///     GET /tea/knows?file=PATH                   who knows a file
///     GET /tea/owner?file=PATH&at=2026-01-01     who owned a file at a date
///     GET /tea/changed?from=2026-01-01&to=…      the files changed between two times
///     GET /tea/commits?from=2026-01-01&to=…      the commits between two times
///     GET /tea/ancestors?commit=SHA              all that a commit rests on
///     GET /tea/tips                              the commits that no other rests on
///
/// Each takes `at`, a date or an instant, and then answers as of that time. Answers are JSON, or
/// EDN for who accepts `application/edn`; of a long list they hold the beginning.
public final class Web {
  private static final Pattern PATH = Pattern.compile("/([^/]+)(/[^/]*)?");
  private static final int LISTED_MAX = 1000;

  private Web() {}

  /// HTTP handler.
  public static HttpResponse handle(HttpRequest request) {
    try {
      return new Answer(200, answer(request)).to(request);
    } catch (AnomalyException e) {
      return switch (e.anomaly().category()) {
        case INCORRECT -> Answer.error(400, e.getMessage()).to(request);
        case NOT_FOUND -> Answer.error(404, e.getMessage()).to(request);
        default -> throw e; // the node's matter: it answers and logs
      };
    }
  }

  private static Object answer(HttpRequest request) {
    Matcher path = PATH.matcher(request.path());
    if (!path.matches()) {
      throw notFound("Ask /REPOSITORY/QUESTION.");
    }
    Db now = Codebase.connection(path.group(1)).db();
    Db db = time(request, "at").map(now::asOf).orElse(now);
    return switch (Optional.ofNullable(path.group(2)).orElse("/")) {
      case "/" -> Questions.size(db);
      case "/knows" -> Questions.knows(db, file(db, request));
      case "/owner" -> Questions.owner(db, file(db, request)).orElseThrow();
      case "/changed" -> listed("files", Questions.changed(db, from(request), to(request)));
      case "/commits" -> listed("commits", Questions.commits(db, from(request), to(request)));
      case "/ancestors" -> listed("commits", Questions.ancestors(db, commit(db, request)));
      case "/tips" -> Questions.tips(db);
      default -> throw notFound("There is no question " + path.group(2) + ".");
    };
  }

  private static String file(Db db, HttpRequest request) {
    String path = needed(request, "file");
    if (!Questions.isFile(db, path)) {
      throw notFound("No commit" + until(request) + " changed a file " + path + ".");
    }
    return path;
  }

  private static String commit(Db db, HttpRequest request) {
    String sha = needed(request, "commit");
    if (!Questions.isCommit(db, sha)) {
      throw notFound("There is no commit " + sha + until(request) + ".");
    }
    return sha;
  }

  private static String until(HttpRequest request) {
    return request.parameter("at").map(at -> " until " + at).orElse("");
  }

  private static Instant from(HttpRequest request) {
    return time(request, "from").orElse(Instant.EPOCH);
  }

  private static Instant to(HttpRequest request) {
    return time(request, "to").orElseGet(Instant::now);
  }

  private static String needed(HttpRequest request, String parameter) {
    return request
        .parameter(parameter)
        .filter(text -> !text.isEmpty())
        .orElseThrow(() -> incorrect("The parameter \"" + parameter + "\" is missing."));
  }

  private static Optional<Instant> time(HttpRequest request, String parameter) {
    return request.parameter(parameter).map(Web::instant);
  }

  private static Instant instant(String text) {
    try {
      return text.contains("T")
          ? Instant.parse(text)
          : LocalDate.parse(text).atStartOfDay(ZoneOffset.UTC).toInstant();
    } catch (DateTimeParseException e) {
      throw incorrect("\"" + text + "\" is no time; expected 2026-01-31 or 2026-01-31T12:00:00Z.");
    }
  }

  private static Map<String, Object> listed(String name, List<?> all) {
    return Map.of("count", all.size(), name, all.stream().limit(LISTED_MAX).toList());
  }

  private static AnomalyException incorrect(String message) {
    return Anomaly.of(Anomaly.Category.INCORRECT, message).toException();
  }

  private static AnomalyException notFound(String message) {
    return Anomaly.of(Anomaly.Category.NOT_FOUND, message).toException();
  }
}
