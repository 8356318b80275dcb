package valence.tools.cli;

/// Code that a test deploys.
public final class DeployedCode {
  private DeployedCode() {}

  public static long twice(long n) {
    return 2 * n;
  }

  public static long half(long n) {
    return n / 2;
  }
}
