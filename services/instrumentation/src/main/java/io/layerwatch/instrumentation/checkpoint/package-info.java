/** Reads and writes Hugging Face checkpoints: config.json and safetensors. */
package io.layerwatch.instrumentation.checkpoint;
