/** The forward passes of decoder families over shared parts, on DJL arrays. */
package io.layerwatch.instrumentation.model;
