/** The Helm chart, rendered by Helm and held against Kubernetes' types and the services. */
package io.layerwatch.integration.helm;
