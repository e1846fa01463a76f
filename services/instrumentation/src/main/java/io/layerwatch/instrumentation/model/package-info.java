/** Decoders of several families over shared parts, and of exported archives, on DJL arrays. */
package io.layerwatch.instrumentation.model;
