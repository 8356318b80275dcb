package valence.engine.tx;

import valence.engine.db.Database;
import valence.engine.schema.Attribute;
import valence.engine.schema.Bootstrap;
import valence.engine.schema.Partition;

/// Refuses requests for excision that can't be done. What is asked for can't be taken back, so
/// nothing is guessed.
final class ExcisionCheck {
  private final Database before;
  private final Facts facts;
  private final Subjects subjects;

  /// @param facts with every entity final
  ExcisionCheck(Database before, Facts facts, Subjects subjects) {
    this.before = before;
    this.facts = facts;
    this.subjects = subjects;
  }

  static boolean isRequest(int attribute) {
    return switch (attribute) {
      case Bootstrap.EXCISE,
          Bootstrap.EXCISE_ATTRS,
          Bootstrap.EXCISE_BEFORE_T,
          Bootstrap.EXCISE_BEFORE -> true;
      default -> false;
    };
  }

  void check() {
    for (int i = 0; i < facts.count; i++) {
      int attribute = facts.a[i].id();
      if (facts.op[i] != Facts.ADD || !isRequest(attribute)) {
        continue;
      }
      // Its id is above all that were issued, and it stays: so no id is ever issued again.
      if (before.isIssued(facts.e[i]) || facts.e[i] == Partition.tx(before.basisT() + 1)) {
        throw invalid(
            i,
            subjects.name(facts.e[i]) + " would become a request for excision.",
            "A request is a new entity, made by one transaction.",
            "Send {:db/excise " + subjects.name(facts.key[i]) + "} without a :db/id.");
      }
      switch (attribute) {
        case Bootstrap.EXCISE -> checkTarget(i);
        case Bootstrap.EXCISE_ATTRS -> checkAttribute(i);
        case Bootstrap.EXCISE_BEFORE_T -> checkBound(i);
        default -> {
          // any instant will do
        }
      }
    }
  }

  private void checkTarget(int fact) {
    long target = facts.key[fact];
    if (Partition.partition(target) == Partition.DB) {
      Attribute attribute = before.schema().attribute(target);
      if (attribute == null || attribute.id() < Bootstrap.FIRST_USER_ATTRIBUTE) {
        throw invalid(
            fact,
            subjects.name(target) + " is part of the schema.",
            "Expected an entity, or an attribute of yours whose values go.",
            "Leave it, or retract what you have said of it.");
      }
      if (says(facts.e[fact], Bootstrap.EXCISE_ATTRS)) {
        throw invalid(
            fact,
            "attributes are named for the attribute " + subjects.name(target) + ".",
            ":db.excise/attrs says which facts of an entity go.",
            "Leave it out.");
      }
    } else if (!before.isIssued(target)) {
      throw invalid(
          fact,
          subjects.name(target) + " is no entity of the database before this transaction.",
          "Only what was there can go.",
          "Name an entity id, an ident or a lookup ref.");
    }
  }

  private void checkAttribute(int fact) {
    Attribute attribute = before.schema().attribute(facts.key[fact]);
    boolean built = attribute != null && attribute.id() < Bootstrap.FIRST_USER_ATTRIBUTE;
    if (attribute == null || (built && attribute.id() != Bootstrap.DOC)) {
      throw invalid(
          fact,
          subjects.name(facts.key[fact]) + " is " + (built ? "built in." : "no attribute."),
          ":db.excise/attrs names attributes whose facts of the entity go.",
          "Name attributes of yours, or leave :db.excise/attrs out for all.");
    }
  }

  private void checkBound(int fact) {
    long bound = facts.key[fact];
    int partition = Partition.partition(bound);
    if (bound < 0 || (partition != Partition.DB && partition != Partition.TX)) {
      throw invalid(
          fact,
          bound + " is no point in time.",
          "Expected a t or the entity id of a transaction.",
          "Facts said before it go; leave it out for all.");
    }
  }

  private boolean says(long entity, int attribute) {
    for (int i = 0; i < facts.count; i++) {
      if (facts.e[i] == entity && facts.a[i].id() == attribute) {
        return true;
      }
    }
    return false;
  }

  private RuntimeException invalid(int fact, String... sentences) {
    return Refused.incorrect(facts.form[fact], "db.error/invalid-excision", sentences)
        .toException();
  }
}
