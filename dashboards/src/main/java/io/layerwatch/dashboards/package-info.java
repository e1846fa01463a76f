/** The dashboards for Grafana, and the JSON that it reads. */
package io.layerwatch.dashboards;
