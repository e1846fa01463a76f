package io.layerwatch.runtime.security;

import io.layerwatch.runtime.settings.InvalidSettingsException;
import io.layerwatch.runtime.settings.Settings;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Tokens as RFC 6750 writes them in {@code Authorization: Bearer TOKEN}, any of which is good: the
 * old and the new one, while clients change over. Whether a token is one of them takes as long for
 * a good as for a bad one. Its text names none.
 */
final class BearerTokens {

  static final String SCHEME = "Bearer ";
  private static final String EXPECTED =
      "a file with tokens, one a line, of letters, digits and -._~+/=";
  static final Pattern FORM = Pattern.compile("[A-Za-z0-9._~+/-]+=*");

  private final List<String> tokens;
  private final List<byte[]> digests;

  BearerTokens(List<String> tokens) {
    this.tokens = List.copyOf(tokens);
    this.digests = tokens.stream().map(BearerTokens::digest).toList();
  }

  /**
   * Reads the file that a setting names; blank lines are none.
   *
   * @throws InvalidSettingsException when it cannot be read, or holds none or something else
   */
  static BearerTokens read(Settings settings, String key) {
    SecretFile file = new SecretFile(settings, key);
    List<String> problems = new ArrayList<>();
    List<String> lines =
        file.read(problems, EXPECTED).map(SecretFile::text).stream()
            .flatMap(String::lines)
            .map(String::strip)
            .filter(line -> !line.isEmpty())
            .toList();
    if (problems.isEmpty() && lines.isEmpty()) {
      problems.add(file.problem(EXPECTED, "which holds none"));
    } else if (!lines.stream().allMatch(line -> FORM.matcher(line).matches())) {
      problems.add(file.problem(EXPECTED, "which holds something else"));
    }
    if (!problems.isEmpty()) {
      throw new InvalidSettingsException(problems);
    }
    return new BearerTokens(lines);
  }

  /** Whether the value of an {@code Authorization} header holds one of them. */
  boolean accept(String authorization) {
    if (!authorization.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
      return false;
    }
    byte[] given = digest(authorization.substring(SCHEME.length()).strip());
    boolean accepted = false;
    for (byte[] digest : digests) {
      accepted |= MessageDigest.isEqual(digest, given);
    }
    return accepted;
  }

  /** The header's value for this process's own requests. */
  String authorization() {
    return SCHEME + tokens.get(0);
  }

  private static byte[] digest(String token) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public String toString() {
    return tokens.size() + " tokens";
  }
}
