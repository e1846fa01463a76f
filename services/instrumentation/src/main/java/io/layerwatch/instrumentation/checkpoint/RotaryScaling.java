package io.layerwatch.instrumentation.checkpoint;

/** How a checkpoint stretches the rotary frequencies beyond the context it was trained with. */
public sealed interface RotaryScaling {

  /** The frequency that is used instead of one, both in radians a position. */
  double scale(double frequency);

  /** As in arXiv 2104.09864. */
  record None() implements RotaryScaling {
    @Override
    public double scale(double frequency) {
      return frequency;
    }
  }

  /** Every frequency divided by the factor (position interpolation, arXiv 2306.15595). */
  record Linear(double factor) implements RotaryScaling {
    @Override
    public double scale(double frequency) {
      return frequency / factor;
    }
  }

  /**
   * Llama 3.1's: wavelengths beyond originalContext ÷ lowFrequencyFactor are stretched by the
   * factor, those below originalContext ÷ highFrequencyFactor stay, and between them the two are
   * mixed linearly in originalContext ÷ wavelength (Hugging Face {@code rope_type: llama3}).
   */
  record Llama3(
      double factor, double lowFrequencyFactor, double highFrequencyFactor, double originalContext)
      implements RotaryScaling {
    @Override
    public double scale(double frequency) {
      double turns = originalContext * frequency / (2 * Math.PI);
      if (turns >= highFrequencyFactor) {
        return frequency;
      }
      if (turns <= lowFrequencyFactor) {
        return frequency / factor;
      }
      double kept = (turns - lowFrequencyFactor) / (highFrequencyFactor - lowFrequencyFactor);
      return (1 - kept) * frequency / factor + kept * frequency;
    }
  }
}
