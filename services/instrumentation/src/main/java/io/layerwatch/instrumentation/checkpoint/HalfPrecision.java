package io.layerwatch.instrumentation.checkpoint;

/**
 * Conversion between single precision and the two 16-bit formats of checkpoints: IEEE 754 binary16
 * and bfloat16, the upper half of a binary32.
 */
final class HalfPrecision {

  private static final float[] FROM_F16 = new float[1 << 16];

  static {
    for (int bits = 0; bits < FROM_F16.length; bits++) {
      FROM_F16[bits] = decode((short) bits);
    }
  }

  private HalfPrecision() {}

  static float fromF16(short bits) {
    return FROM_F16[bits & 0xffff];
  }

  static float fromBf16(short bits) {
    return Float.intBitsToFloat(bits << 16);
  }

  /** The nearest binary16, ties to even; infinite past its range. */
  static short toF16(float value) {
    int bits = Float.floatToIntBits(value);
    int sign = (bits >>> 16) & 0x8000;
    float magnitude = Math.abs(value);
    if (Float.isNaN(value)) {
      return (short) (sign | 0x7e00);
    }
    if (magnitude >= 65520f) {
      return (short) (sign | 0x7c00);
    }
    if (magnitude < 0x1p-14f) {
      // Subnormal: a whole number of 2^-24.
      return (short) (sign | (int) Math.rint(magnitude * 0x1p24f));
    }
    int rounded = (bits & 0x7fffffff) + 0xfff + ((bits >>> 13) & 1);
    return (short) (sign | ((rounded - 0x38000000) >>> 13));
  }

  /** The nearest bfloat16, ties to even. */
  static short toBf16(float value) {
    int bits = Float.floatToIntBits(value);
    if (Float.isNaN(value)) {
      return (short) ((bits >>> 16) | 0x40);
    }
    return (short) ((bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16);
  }

  private static float decode(short half) {
    int sign = (half & 0x8000) << 16;
    int exponent = (half >>> 10) & 0x1f;
    int fraction = half & 0x3ff;
    if (exponent == 0x1f) {
      return Float.intBitsToFloat(sign | 0x7f800000 | (fraction << 13));
    }
    if (exponent == 0) {
      float magnitude = fraction * 0x1p-24f;
      return sign == 0 ? magnitude : -magnitude;
    }
    return Float.intBitsToFloat(sign | ((exponent + 112) << 23) | (fraction << 13));
  }
}
