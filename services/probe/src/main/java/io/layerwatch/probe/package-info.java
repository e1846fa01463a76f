/** Reduces every layer's activations, on the device, to statistics that merge. */
package io.layerwatch.probe;
