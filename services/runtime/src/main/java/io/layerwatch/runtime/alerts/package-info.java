/** Where a person sees the alerts arrive that Alertmanager sends. */
package io.layerwatch.runtime.alerts;
