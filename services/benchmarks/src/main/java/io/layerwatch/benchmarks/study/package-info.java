/** What each ranking of layers is worth: held against the measured damage of removing them. */
package io.layerwatch.benchmarks.study;
