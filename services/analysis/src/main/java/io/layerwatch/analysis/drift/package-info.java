/** Whether a layer still scores as it did when its model revision was new. */
package io.layerwatch.analysis.drift;
