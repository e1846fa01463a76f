package io.layerwatch.instrumentation.model;

import ai.djl.engine.Engine;
import ai.djl.huggingface.tokenizers.jni.LibUtils;

/**
 * Unpacks and loads the libraries that are not Java: PyTorch's and the tokenizers'. An image is
 * built with what this leaves in {@code DJL_CACHE_DIR}, so that its containers unpack nothing.
 */
public final class NativeLibraries {

  private NativeLibraries() {}

  /** Loads both, and fails where it cannot. */
  public static void main(String[] arguments) {
    System.out.println("PyTorch " + Engine.getEngine("PyTorch").getVersion());
    LibUtils.checkStatus();
  }
}
