package io.layerwatch.instrumentation.model;

import ai.djl.engine.Engine;
import ai.djl.pytorch.jni.JniUtils;

/** How threads of this process use PyTorch. */
public final class TorchThreads {

  private TorchThreads() {}

  /**
   * Turns off gradients on the calling thread, where they are on by default: call it once on every
   * thread that runs a model.
   */
  public static void inferenceOnly() {
    // Loads the native library if nothing has yet.
    Engine.getEngine("PyTorch");
    JniUtils.setGradMode(false);
  }

  /** Sets the process up before PyTorch loads: no call home, threads as the settings say. */
  public static void configure(int threads) {
    System.setProperty("ai.djl.pytorch.num_threads", Integer.toString(threads));
    System.setProperty("ai.djl.pytorch.num_interop_threads", "1");
    System.setProperty("OPT_OUT_TRACKING", "true");
  }
}
