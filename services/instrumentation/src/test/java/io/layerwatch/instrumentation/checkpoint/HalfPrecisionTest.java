package io.layerwatch.instrumentation.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

class HalfPrecisionTest {

  /** IEEE 754: sign, 5 bits of exponent with bias 15, 10 bits of fraction. */
  @Test
  void everyBinary16IsRead() {
    for (int bits = 0; bits < 1 << 16; bits++) {
      double sign = bits >= 0x8000 ? -1 : 1;
      int exponent = bits / 1024 % 32;
      double fraction = bits % 1024 / 1024.0;
      double expected;
      if (exponent == 31) {
        expected = fraction == 0 ? sign * Double.POSITIVE_INFINITY : Double.NaN;
      } else if (exponent == 0) {
        expected = sign * fraction * Math.pow(2, -14);
      } else {
        expected = sign * (1 + fraction) * Math.pow(2, exponent - 15);
      }
      assertThat((double) HalfPrecision.fromF16((short) bits))
          .as("bits %x", bits)
          .isEqualTo(Double.valueOf(expected));
    }
  }

  /** bfloat16 has binary32's exponent and the first 7 bits of its fraction. */
  @Test
  void everyBfloat16IsRead() {
    for (int bits = 0; bits < 1 << 16; bits++) {
      double sign = bits >= 0x8000 ? -1 : 1;
      int exponent = bits / 128 % 256;
      double fraction = bits % 128 / 128.0;
      double expected;
      if (exponent == 255) {
        expected = fraction == 0 ? sign * Double.POSITIVE_INFINITY : Double.NaN;
      } else if (exponent == 0) {
        expected = sign * fraction * Math.pow(2, -126);
      } else {
        expected = sign * (1 + fraction) * Math.pow(2, exponent - 127);
      }
      assertThat((double) HalfPrecision.fromBf16((short) bits))
          .as("bits %x", bits)
          .isEqualTo(Double.valueOf(expected));
    }
  }

  @Test
  void whatWasReadIsWrittenAsItWas() {
    for (int bits = 0; bits < 1 << 16; bits++) {
      float f16 = HalfPrecision.fromF16((short) bits);
      float bf16 = HalfPrecision.fromBf16((short) bits);
      if (!Float.isNaN(f16)) {
        assertThat(HalfPrecision.toF16(f16)).as("bits %x", bits).isEqualTo((short) bits);
      }
      if (!Float.isNaN(bf16)) {
        assertThat(HalfPrecision.toBf16(bf16)).as("bits %x", bits).isEqualTo((short) bits);
      }
    }
    assertThat(HalfPrecision.fromF16(HalfPrecision.toF16(Float.NaN))).isNaN();
    assertThat(HalfPrecision.fromBf16(HalfPrecision.toBf16(Float.NaN))).isNaN();
  }

  @Test
  void anyOtherNumberBecomesItsNearest() {
    Random random = new Random(1);
    for (int i = 0; i < 100_000; i++) {
      float value = (float) (random.nextGaussian() * Math.pow(2, random.nextInt(44) - 28));
      if (Math.abs(value) < 65_504) {
        short bits = HalfPrecision.toF16(value);
        double distance = Math.abs(HalfPrecision.fromF16(bits) - (double) value);
        for (int neighbour : new int[] {bits - 1, bits + 1}) {
          float other = HalfPrecision.fromF16((short) neighbour);
          if (Float.isFinite(other)) {
            assertThat(distance).isLessThanOrEqualTo(Math.abs(other - (double) value));
          }
        }
      }
    }
  }

  @Test
  void tiesGoToTheEvenAndWhatIsTooLargeToInfinity() {
    // Between 1 and 1 + 2^-10, and between 1 + 2^-10 and 1 + 2^-9.
    assertThat(HalfPrecision.toF16(1 + 0x1p-11f)).isEqualTo((short) 0x3c00);
    assertThat(HalfPrecision.toF16(1 + 0x1.8p-10f)).isEqualTo((short) 0x3c02);
    assertThat(HalfPrecision.toF16(65_520)).isEqualTo((short) 0x7c00);
    assertThat(HalfPrecision.toF16(-1e9f)).isEqualTo((short) 0xfc00);
  }
}
