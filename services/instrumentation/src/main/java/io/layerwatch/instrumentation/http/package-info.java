/** The OpenAI-compatible API of the served model. */
package io.layerwatch.instrumentation.http;
