package io.layerwatch.benchmarks.startup;

/**
 * A start.
 *
 * @param readySeconds until it says that it is ready
 * @param outputSeconds until its first record is on its topic, committed
 */
record Start(double readySeconds, double outputSeconds) {}
