/** What makes a process: start, health, metrics, orderly stop. */
package io.layerwatch.runtime.process;
