/** What removing layers does to a model, measured on tokens. */
package io.layerwatch.analysis.evaluation;
