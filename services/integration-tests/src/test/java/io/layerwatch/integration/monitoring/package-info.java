/** Layerwatch as a real Prometheus, a real Alertmanager and those whom they tell see it. */
package io.layerwatch.integration.monitoring;
