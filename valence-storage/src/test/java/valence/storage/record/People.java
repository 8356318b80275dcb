package valence.storage.record;

import static valence.api.Valence.kw;

import clojure.lang.Keyword;
import clojure.lang.Symbol;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URI;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import valence.api.Connection;
import valence.api.Valence;
import valence.api.record.Attr;
import valence.api.record.Component;
import valence.api.record.Doc;
import valence.api.record.Ident;
import valence.api.record.Namespace;
import valence.api.record.Unique;

/// The records that the tests use, and databases for them.
final class People {
  private People() {}

  enum Role {
    SITE_ADMIN,
    @Ident("role/reader")
    GUEST
  }

  record Address(String street, Optional<String> city) {}

  record Person(
      OptionalLong id,
      @Unique @Doc("Where messages go") String email,
      String fullName,
      OptionalInt age,
      Role role,
      Set<String> aliases,
      @Component List<Address> addresses,
      Optional<Employer> employer) {
    Person(String email, String fullName) {
      this(
          OptionalLong.empty(),
          email,
          fullName,
          OptionalInt.empty(),
          Role.GUEST,
          Set.of(),
          List.of(),
          Optional.empty());
    }
  }

  @Namespace("company")
  record Employer(
      @Unique String name, @Attr("person/_employer") List<Employee> staff, Set<Role> roles) {}

  @Namespace("person")
  record Employee(long id, String email) {}

  record Everything(
      @Unique String key,
      boolean truth,
      long whole,
      int small,
      short smaller,
      byte smallest,
      double real,
      float single,
      BigDecimal exact,
      BigInteger big,
      Instant instant,
      Date date,
      UUID uuid,
      URI uri,
      Keyword keyword,
      Symbol symbol,
      OptionalDouble maybeReal,
      Optional<BigDecimal> maybeExact,
      List<Long> numbers) {}

  record Folder(@Unique String path, @Component List<Folder> folders) {}

  /// A connection to a new database in memory.
  static Connection connection() {
    var client = Valence.client(Map.of(
        kw("server-type"), kw("local"),
        kw("storage-dir"), kw("mem"),
        kw("system"), UUID.randomUUID().toString()));
    client.createDatabase("people");
    return client.connect("people");
  }
}
