/** A checkpoint as a DJL block, for applications that load their models by DJL's criteria. */
package io.layerwatch.instrumentation.djl;
