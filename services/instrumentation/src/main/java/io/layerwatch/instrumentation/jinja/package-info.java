/**
 * Renders Jinja templates as far as chat templates go. A template sees texts, numbers, lists and
 * maps, and nothing of the JVM; its work is bounded.
 */
package io.layerwatch.instrumentation.jinja;
