/** The forward pass of a Llama-family decoder, on DJL arrays. */
package io.layerwatch.instrumentation.model;
