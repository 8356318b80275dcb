package valence.engine.naive;

import valence.edn.EdnTagged;

/// The entity that was born as the n-th of its world, `#e n`; none yet when n is negative.
record EntityNumber(long n) implements EdnTagged {
  @Override
  public String ednTag() {
    return "e";
  }

  @Override
  public Object ednValue() {
    return n;
  }
}
