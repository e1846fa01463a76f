package io.layerwatch.integration;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The search itself: a text and six token ids, written by hand in the ways that it knows. */
class SecretsTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "UTF-8 | 7069 6e65 2d61 7070 6c65 732e",
        "UTF-16BE | 0070 0069 006e 0065 002d 0061 0070 0070 006c 0065 0073 002e",
        "UTF-16LE | 7000 6900 6e00 6500 2d00 6100 7000 7000 6c00 6500 7300 2e00",
        "Base64 | 63 47 6c 75 5a 53 31 68 63 48 42 73 5a 58 4d 75",
        "varints | 01 ac02 05 06 07 e807",
        "zigzag | 02 d804 0a 0c 0e d00f",
        "shorts | 0001 012c 0005 0006 0007 03e8",
        "ints | 01000000 2c010000 05000000 06000000 07000000 e8030000",
        "longs | 0000000000000001 000000000000012c 0000000000000005 0000000000000006"
            + " 0000000000000007 00000000000003e8",
        "floats | 3f800000 43960000 40a00000 40c00000 40e00000 447a0000",
        "doubles | 3ff0000000000000 4072c00000000000 4014000000000000 4018000000000000"
            + " 401c000000000000 408f400000000000",
        "text | 312c3330302c352c362c372c31303030",
      })
  void findsEveryWayOfWriting(String way, String hex) {
    Secrets secrets = new Secrets();
    secrets.addText("pine-apples.");
    secrets.addTokens(List.of(1, 300, 5, 6, 7, 1000));
    byte[] written = HexFormat.of().parseHex(hex.replace(" ", ""));
    byte[] among = new byte[written.length + 5];
    Arrays.fill(among, (byte) 0xff);
    System.arraycopy(written, 0, among, 3, written.length);
    assertThat(secrets.in(among)).singleElement().asString().contains(way);
    among[5] ^= 1;
    assertThat(secrets.in(among)).isEmpty();
    assertThat(secrets.in("apples and pines, 1 300".getBytes(StandardCharsets.UTF_8))).isEmpty();
  }
}
